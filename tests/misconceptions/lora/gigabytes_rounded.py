"""It rounds its result."""

exercise = "to_gigabytes"


def to_gigabytes(n):
    return round(n / 1e9, 2)
