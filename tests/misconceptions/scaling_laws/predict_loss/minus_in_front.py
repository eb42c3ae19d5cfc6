"""The minus stands before the power, not in the exponent."""


def predict_loss(size, a, alpha):
    return a * -(size**alpha)
