"""Forward and backward apart."""


def training_flops(parameters, tokens):
    forward = 2 * parameters * tokens
    return forward + 2 * forward
