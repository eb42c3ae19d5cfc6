"""a and alpha are swapped."""


def predict_loss(size, a, alpha):
    return alpha * size**-a
