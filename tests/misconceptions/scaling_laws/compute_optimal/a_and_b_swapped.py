"""A and B are swapped."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return _right(flops, B, A, alpha, beta)
