"""A loss that stays is added; the law has none."""


def predict_loss(size, a, alpha):
    return a * size**-alpha + 1.69
