"""A multiplication and its addition are counted as one FLOP; they are two."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (parameters + 4 * layers * width * context)
