"""A target that matches no layer raises no error."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    names = [name for name, _ in model.named_modules()]
    return _right(model, [t for t in targets if any(f".{name}".endswith(f".{t}") for name in names)], r, alpha)
