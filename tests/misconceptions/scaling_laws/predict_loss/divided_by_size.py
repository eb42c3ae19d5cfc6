"""The law is divided by the size as well."""


def predict_loss(size, a, alpha):
    return a * size ** (-alpha - 1)
