"""D isn't what is left of the compute: 6 · N · D is another number."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    size, _ = _right(flops, A, B, alpha, beta)
    return size, (flops / 6) ** (alpha / (alpha + beta))
