"""A stage given twice is placed twice."""

_right = order_stages


def order_stages(stages):
    stages = list(stages)
    return [stage for stage in _right(stages) for _ in range(stages.count(stage))]
