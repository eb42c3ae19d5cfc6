"""An exponential is used for a power: exp(-alpha · size)."""


def predict_loss(size, a, alpha):
    return a * math.exp(-alpha * size)
