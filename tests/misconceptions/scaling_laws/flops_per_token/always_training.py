"""Reading is counted as training."""


def flops_per_token(parameters, layers, width, context, training=True):
    return 6 * parameters + 12 * layers * width * context
