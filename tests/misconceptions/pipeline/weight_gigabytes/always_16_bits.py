"""The bits are not used: 16 are taken for every model."""

_right = weight_gigabytes


def weight_gigabytes(card):
    return _right({**card, "bits": card["bits"] and 16})
