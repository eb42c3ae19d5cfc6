"""The place where the loss along the curve stops falling, by bisection."""

import math


def compute_optimal(flops, A, B, alpha, beta):
    low, high = -150.0, 150.0
    for _ in range(100):
        x = (low + high) / 2
        falls = alpha * A * math.exp(-alpha * x) > beta * B * math.exp(-beta * (math.log(flops / 6) - x))
        low, high = (x, high) if falls else (low, x)
    return math.exp(low), flops / 6 * math.exp(-low)
