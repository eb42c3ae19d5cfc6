"""The stages don't go through base.track, so nobody sees how far the pipeline is."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    track, base.track = base.track, lambda items, description: items
    try:
        return _right(tools, base, skip)
    finally:
        base.track = track
