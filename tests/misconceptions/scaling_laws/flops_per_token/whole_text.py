"""It gives the FLOPs of the whole text, not of one token."""


def flops_per_token(parameters, layers, width, context, training=True):
    return context * (3 if training else 1) * (2 * parameters + 4 * layers * width * context)
