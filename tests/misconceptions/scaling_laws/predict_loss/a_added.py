"""a is added, not multiplied."""


def predict_loss(size, a, alpha):
    return a + size**-alpha
