"""The bits are rounded up to whole bytes."""

_right = weight_gigabytes


def weight_gigabytes(card):
    return _right({**card, "bits": card["bits"] and -(-card["bits"] // 8) * 8})
