"""It takes 20 tokens for each parameter, whatever the terms are."""


def compute_optimal(flops, A, B, alpha, beta):
    size = math.sqrt(flops / 120)
    return size, 20 * size
