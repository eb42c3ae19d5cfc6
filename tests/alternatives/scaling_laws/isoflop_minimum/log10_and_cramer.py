"""Sums in a loop over log10, with the mean taken off, and Cramer's rule."""

import math


def isoflop_minimum(sizes, losses):
    if len(set(sizes)) < 3:
        raise ValueError("fewer than three different sizes")
    x = [math.log10(one) for one in sizes]
    middle = sum(x) / len(x)
    powers, values = [0.0] * 5, [0.0] * 3
    for place, loss in zip(x, losses, strict=True):
        for power in range(5):
            powers[power] += (place - middle) ** power
        for power in range(3):
            values[power] += loss * (place - middle) ** power

    def determinant(m):
        return sum(
            m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3]) for i in range(3)
        )

    rows = [powers[start : start + 3] for start in range(3)]

    def part(column):
        return determinant(
            [[values[r] if c == column else rows[r][c] for c in range(3)] for r in range(3)]
        ) / determinant(rows)

    if part(2) <= 0:
        raise ValueError("opens downwards, so there is no lowest place")
    return 10 ** (middle - part(1) / (2 * part(2)))
