"""A target is looked for anywhere in the name, not at its end."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    linear = [name for name, layer in model.named_modules() if hasattr(layer, "weight") and layer.weight.ndim == 2]
    found = [name for name in linear if any(target in name for target in targets)]
    missed = [target for target in targets if not any(target in name for name in linear)]
    return _right(model, list(dict.fromkeys([*found, *missed])), r, alpha)
