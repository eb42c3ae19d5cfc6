"""A, B and the exponents before them play no part."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = product ** (beta / (alpha + beta))
    return size, product / size
