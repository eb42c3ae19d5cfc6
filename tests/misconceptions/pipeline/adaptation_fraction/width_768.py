"""A width of 768 is built in."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    total = sum(parameter.numel() for parameter in model.parameters())
    return 769 * num_classes / total if method == "classification_head" else _right(model, method, num_classes, r)
