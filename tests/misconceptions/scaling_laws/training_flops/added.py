"""Parameters and tokens are added."""


def training_flops(parameters, tokens):
    return 6 * (parameters + tokens)
