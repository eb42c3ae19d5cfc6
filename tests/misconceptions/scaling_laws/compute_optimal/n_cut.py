"""N or D is cut or rounded to a whole number."""

_right = compute_optimal


def compute_optimal(flops, A, B, alpha, beta):
    size = math.floor(_right(flops, A, B, alpha, beta)[0])
    return size, flops / 6 / size
