"""It gives the size of a loss, not the loss of a size."""


def predict_loss(size, a, alpha):
    return (a / size) ** (1 / alpha)
