"""missing_prerequisites with a stage that doesn't exist must raise ValueError."""

_right = missing_prerequisites


def missing_prerequisites(stages):
    return _right(stage for stage in stages if stage in STAGES)
