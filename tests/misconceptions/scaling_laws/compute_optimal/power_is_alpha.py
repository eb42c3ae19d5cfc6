"""The exponents are swapped."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (alpha * A / (beta * B) * product**alpha) ** (1 / (alpha + beta))
    return size, product / size
