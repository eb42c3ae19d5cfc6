"""Nothing is drawn: the numbers are those that stood there before."""


def init_weights(model):
    pass
