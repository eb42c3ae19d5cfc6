"""The factor of A and B isn't raised to 1 / (alpha + beta)."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = alpha * A / (beta * B) * product ** (beta / (alpha + beta))
    return size, product / size
