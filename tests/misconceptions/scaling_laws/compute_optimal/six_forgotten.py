"""The 6 of 6 · N · D is forgotten."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return _right(6 * flops, A, B, alpha, beta)
