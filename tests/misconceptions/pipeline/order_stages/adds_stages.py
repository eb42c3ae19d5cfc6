"""It adds stages that were not given."""

_right = order_stages


def order_stages(stages):
    stages = list(dict.fromkeys(stages))
    return _right(missing_prerequisites(stages) + stages)
