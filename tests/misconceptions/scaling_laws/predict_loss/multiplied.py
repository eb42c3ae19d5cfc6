"""Size is multiplied by alpha, not raised to it."""


def predict_loss(size, a, alpha):
    return a / (alpha * size)
