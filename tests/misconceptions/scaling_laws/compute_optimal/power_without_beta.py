"""The power of the compute is 1 / (alpha + beta); beta is missing."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (alpha * A / (beta * B) * product) ** (1 / (alpha + beta))
    return size, product / size
