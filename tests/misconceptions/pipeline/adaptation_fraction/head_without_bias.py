"""The bias of the head is not counted."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    fraction = _right(model, method, num_classes, r)
    width = model.config.hidden_size
    return fraction * width / (width + 1) if method == "classification_head" else fraction
