"""Size and alpha are swapped in the power, or the root is taken."""


def predict_loss(size, a, alpha):
    return a * size ** (-1 / alpha) if alpha else a
