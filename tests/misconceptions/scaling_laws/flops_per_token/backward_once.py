"""The backward pass is counted like one forward pass; it costs twice as much."""


def flops_per_token(parameters, layers, width, context, training=True):
    return (2 if training else 1) * (2 * parameters + 4 * layers * width * context)
