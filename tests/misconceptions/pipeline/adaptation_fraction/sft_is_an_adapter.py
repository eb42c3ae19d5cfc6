"""SFT trains every weight: it is another loss and other data, not fewer weights."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    return _right(model, "lora" if method == "sft" else method, num_classes, r)
