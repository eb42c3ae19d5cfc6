"""It gives the stages back as they came."""


def order_stages(stages):
    found = list(dict.fromkeys(stages))
    _check_stages(found)
    return found
