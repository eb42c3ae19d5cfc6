"""a is taken for its logarithm."""


def predict_loss(size, a, alpha):
    return math.exp(a) * size**-alpha
