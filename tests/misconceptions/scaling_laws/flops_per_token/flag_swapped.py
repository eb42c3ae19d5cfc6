"""Training and reading are swapped."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (1 if training else 3) * (2 * parameters + 4 * layers * width * context)
