"""The exponents are swapped."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (beta * A / (alpha * B) * product**beta) ** (1 / (alpha + beta))
    return size, product / size
