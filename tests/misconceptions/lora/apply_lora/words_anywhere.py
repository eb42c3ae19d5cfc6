"""A target is looked for anywhere in the name, not at its end."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    names = []
    for target in targets:
        linear = [name for name, layer in model.named_modules() if isinstance(layer, (nn.Linear, Conv1D))]
        names += [name for name in linear if f".{target}." in f".{name}."] or [target]
    return _right(model, list(dict.fromkeys(names)), r, alpha)
