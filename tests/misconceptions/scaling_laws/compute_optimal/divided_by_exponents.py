"""The terms' products with the exponents are divided by them instead."""

also = ("The exponents are swapped.",)


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (A / alpha / (B / beta) * product**beta) ** (1 / (alpha + beta))
    return size, product / size
