"""c_attn is taken for a square layer; it puts out queries, keys and values."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    fraction = _right(model, method, num_classes, r)
    return fraction / 2 if method == "lora" else fraction
