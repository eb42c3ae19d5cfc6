"""What comes after a gradient of None is left out."""

_right = master_step


def master_step(weights, masters, gradients, lr):
    end = next((at for at, gradient in enumerate(gradients) if gradient is None), len(gradients))
    _right(weights[:end], masters[:end], gradients[:end], lr)
