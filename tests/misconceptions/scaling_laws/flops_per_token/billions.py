"""It counts in billions."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (3 if training else 1) * (2 * parameters + 4 * layers * width * context) / 1e9
