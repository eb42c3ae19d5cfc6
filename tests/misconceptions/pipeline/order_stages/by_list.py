"""It sorts by STAGES; stages that don't build on each other keep the order they were given in."""


def order_stages(stages):
    found = list(dict.fromkeys(stages))
    _check_stages(found)
    return sorted(found, key=STAGES.index)
