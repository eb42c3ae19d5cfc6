"""Attention is counted for all queries of the text, not for one token."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (2 * parameters + 4 * layers * width * context**2)
