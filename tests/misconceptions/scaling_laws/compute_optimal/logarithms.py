"""The logarithms of N and D come back."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return tuple(map(math.log, _right(flops, A, B, alpha, beta)))
