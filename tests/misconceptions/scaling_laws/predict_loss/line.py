"""The logarithm of the loss comes back."""


def predict_loss(size, a, alpha):
    return a - alpha * math.log(size)
