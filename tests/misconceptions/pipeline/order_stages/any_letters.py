"""order_stages with a name in other letters must raise ValueError."""

_right = order_stages


def order_stages(stages):
    return _right(stage.lower() for stage in stages)
