"""It takes 20 tokens for each parameter; they are given."""


def training_flops(parameters, tokens):
    return 6 * parameters * 20 * parameters
