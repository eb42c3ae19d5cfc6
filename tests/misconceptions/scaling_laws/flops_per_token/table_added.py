"""A table is taken off the parameters, or added; they count as they are given."""


def flops_per_token(parameters, layers, width, context, training=True):
    factor = 3 if training else 1
    return factor * (2 * (parameters + 50257 * width) + 4 * layers * width * context)
