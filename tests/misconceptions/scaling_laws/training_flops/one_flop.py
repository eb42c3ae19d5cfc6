"""A multiplication and its addition are counted as one FLOP; they are two."""


def training_flops(parameters, tokens):
    return 3 * parameters * tokens
