"""Golden-section search over ln N."""

import math


def compute_optimal(flops, A, B, alpha, beta):
    product = math.log(flops / 6)

    def loss(x):
        return A * math.exp(-alpha * x) + B * math.exp(-beta * (product - x))

    low, high, share = -120.0, 120.0, (math.sqrt(5) - 1) / 2
    one, other = high - share * (high - low), low + share * (high - low)
    for _ in range(70):
        if loss(one) < loss(other):
            high, other = other, one
            one = high - share * (high - low)
        else:
            low, one = one, other
            other = low + share * (high - low)
    size = math.exp((low + high) / 2)
    return size, flops / 6 / size
