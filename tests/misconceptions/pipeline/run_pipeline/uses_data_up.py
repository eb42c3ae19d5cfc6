"""The base, its data or its mode is changed."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    report = _right(tools, base, skip)
    base.preferences.pop()
    return report
