"""Only one of attention's two products is counted, scores or values."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (2 * parameters + 2 * layers * width * context)
