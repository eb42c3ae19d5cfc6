"""Layer by layer, and the backward pass on top."""


def flops_per_token(parameters, layers, width, context, training=True):
    forward = parameters * 2.0
    for _ in range(layers):
        scores = values = 2.0 * width * context
        forward += scores + values
    backward = 2 * forward if training else 0
    return forward + backward
