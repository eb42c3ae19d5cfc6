"""6 · N · D isn't the compute that is given."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    size, tokens = _right(flops, A, B, alpha, beta)
    return size * 0.9999, tokens
