"""It counts the parameters itself; they are given."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (24 * layers * width**2 + 4 * layers * width * context)
