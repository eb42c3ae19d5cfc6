"""A layer that two targets match is counted twice."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    names = [name for name, _ in model.named_modules()]
    _right(model, targets, r, alpha)
    return sum(f".{name}".endswith(f".{target}") for target in targets for name in names)
