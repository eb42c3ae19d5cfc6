"""The missing stages come in the wrong order."""

_right = missing_prerequisites


def missing_prerequisites(stages):
    return _right(stages)[::-1]
