"""Only one of attention's two products is counted, scores or values."""


def flops_per_token(parameters, layers, width, context, training=True):
    factor = 3 if training else 1
    return factor * 2 * (parameters + layers * width * context)
