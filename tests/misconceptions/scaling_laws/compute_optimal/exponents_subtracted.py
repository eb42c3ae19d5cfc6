"""The exponents are subtracted from each other; they add up."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    if alpha == beta:
        return math.sqrt(product), math.sqrt(product)
    size = (alpha * A / (beta * B) * product**beta) ** (1 / (alpha - beta))
    return size, product / size
