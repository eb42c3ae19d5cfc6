"""It multiplies by the 6 of 6 · N · D."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return _right(36 * flops, A, B, alpha, beta)
