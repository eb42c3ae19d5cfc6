"""Without being told it counts reading; training is the default."""


def flops_per_token(parameters, layers, width, context, training=False):
    return (3 if training else 1) * (2 * parameters + 4 * layers * width * context)
