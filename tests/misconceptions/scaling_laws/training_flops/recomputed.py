"""The forward pass is counted twice, as if it were recomputed."""


def training_flops(parameters, tokens):
    return 8 * parameters * tokens
