"""The result is rounded."""


def predict_loss(size, a, alpha):
    return round(a * size**-alpha, 2)
