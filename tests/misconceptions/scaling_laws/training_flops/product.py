"""One FLOP is counted for each parameter and token."""


def training_flops(parameters, tokens):
    return parameters * tokens
