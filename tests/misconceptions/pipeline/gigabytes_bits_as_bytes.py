"""It counts bits as if they were bytes."""

exercise = "weight_gigabytes"
_right = weight_gigabytes


def weight_gigabytes(card):
    return _right(card) * 8
