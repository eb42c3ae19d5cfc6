"""A and B play no part."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (alpha / beta * product**beta) ** (1 / (alpha + beta))
    return size, product / size
