"""The width is squared in attention."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (2 * parameters + 4 * layers * width**2 * context)
