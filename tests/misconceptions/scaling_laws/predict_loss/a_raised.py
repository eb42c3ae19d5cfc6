"""a is raised as well."""


def predict_loss(size, a, alpha):
    return (a * size) ** -alpha
