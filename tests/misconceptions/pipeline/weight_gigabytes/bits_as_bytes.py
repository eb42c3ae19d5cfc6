"""It counts bits as if they were bytes."""

_right = weight_gigabytes


def weight_gigabytes(card):
    return _right(card) * 8
