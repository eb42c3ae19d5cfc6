"""Over logarithms."""

import math


def predict_loss(size, a, alpha):
    return math.exp(math.log(a) - alpha * math.log(size))
