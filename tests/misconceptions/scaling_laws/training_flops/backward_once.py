"""The backward pass is counted like one forward pass; it costs twice as much."""


def training_flops(parameters, tokens):
    return 2 * (2 * parameters * tokens)
