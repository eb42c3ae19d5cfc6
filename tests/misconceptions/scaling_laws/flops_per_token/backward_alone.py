"""The forward pass is left out of training."""


def flops_per_token(parameters, layers, width, context, training=True):
    forward = 2 * parameters + 4 * layers * width * context
    return 2 * forward if training else forward
