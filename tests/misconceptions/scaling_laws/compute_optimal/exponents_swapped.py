"""The exponents are swapped."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return _right(flops, A, B, beta, alpha)
