"""Attention is counted with its backward pass in reading as well."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (6 if training else 2) * parameters + 12 * layers * width * context
