"""It counts in days of a petaFLOP a second."""


def training_flops(parameters, tokens):
    return 6 * parameters * tokens / (1e15 * 86400)
