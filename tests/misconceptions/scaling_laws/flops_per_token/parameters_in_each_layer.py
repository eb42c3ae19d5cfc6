"""The parameters are counted once for each layer."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * layers * (2 * parameters + 4 * width * context)
