"""a is left out."""


def predict_loss(size, a, alpha):
    return size**-alpha
