"""The two terms are made equal; their products with the exponents are."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (A / B * product**beta) ** (1 / (alpha + beta))
    return size, product / size
