"""It counts in other units than FLOPs."""


def training_flops(parameters, tokens):
    return 6 * parameters * tokens / 1e18
