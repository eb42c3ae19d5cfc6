"""N or D is cut or rounded to a whole number."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return tuple(map(round, _right(flops, A, B, alpha, beta)))
