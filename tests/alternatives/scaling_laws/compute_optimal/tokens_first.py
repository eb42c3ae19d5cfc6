"""Equation 4 of the paper, over logarithms, D by its own formula."""

import math


def compute_optimal(flops, A, B, alpha, beta):
    factor = (math.log(alpha) + math.log(A) - math.log(beta) - math.log(B)) / (alpha + beta)
    product = math.log(flops) - math.log(6)
    size = factor + beta / (alpha + beta) * product
    tokens = -factor + alpha / (alpha + beta) * product
    return math.exp(size), math.exp(tokens)
