"""Attention is halved for the mask; masked keys count in full."""


def flops_per_token(parameters, layers, width, context, training=True):
    factor = 3 if training else 1
    return factor * (2 * parameters + 4 * layers * width * (context + 1) / 2)
