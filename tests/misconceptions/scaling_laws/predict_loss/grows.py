"""The exponent has the wrong sign: the loss grows with size."""


def predict_loss(size, a, alpha):
    return a * size**alpha
