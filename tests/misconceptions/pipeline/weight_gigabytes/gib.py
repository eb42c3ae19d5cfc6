"""It divides by 2**30; a gigabyte is 10**9 bytes here."""

_right = weight_gigabytes


def weight_gigabytes(card):
    return _right(card) * 1e9 / 2**30
