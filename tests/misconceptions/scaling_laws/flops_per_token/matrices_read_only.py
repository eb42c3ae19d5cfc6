"""The matrices' backward pass is left out."""


def flops_per_token(parameters, layers, width, context, training=True):
    return 2 * parameters + (12 if training else 4) * layers * width * context
