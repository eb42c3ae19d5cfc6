"""Attention is counted twice."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (2 * parameters + 8 * layers * width * context)
