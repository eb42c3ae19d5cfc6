"""Attention's backward pass is left out."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (6 if training else 2) * parameters + 4 * layers * width * context
