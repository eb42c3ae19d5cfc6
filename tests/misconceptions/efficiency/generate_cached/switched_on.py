"""Gradients are not switched on or off afterwards as they were before."""

_right = generate_cached


def generate_cached(forward, ids, new):
    text = _right(forward, ids, new)
    torch.set_grad_enabled(True)
    return text
