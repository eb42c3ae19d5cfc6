"""The 6 of 6 · N · D is forgotten."""


def compute_optimal(flops, A, B, alpha, beta):
    product = flops / 6
    size = (alpha * A / (beta * B) * product**beta) ** (1 / (alpha + beta))
    return size, flops / size
