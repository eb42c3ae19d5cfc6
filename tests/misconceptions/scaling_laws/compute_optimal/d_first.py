"""D comes first; N is asked for first."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    return _right(flops, A, B, alpha, beta)[::-1]
