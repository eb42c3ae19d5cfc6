"""The stages are read twice, but a generator gives them once."""

_right = missing_prerequisites


def missing_prerequisites(stages):
    for stage in stages:
        if stage not in STAGES:
            raise ValueError(f"{stage!r} is no stage")
    return _right(stages)
