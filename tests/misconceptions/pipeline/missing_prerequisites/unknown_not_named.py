"""The error doesn't name the stage that doesn't exist."""

_right = missing_prerequisites


def missing_prerequisites(stages):
    try:
        return _right(stages)
    except ValueError:
        raise ValueError("use names of STAGES") from None
