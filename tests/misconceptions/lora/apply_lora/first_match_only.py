"""Not every layer that the target names is adapted."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    names = [name for name, _ in model.named_modules()]
    first = [next((name for name in names if f".{name}".endswith(f".{target}")), target) for target in targets]
    return _right(model, first, r, alpha)
