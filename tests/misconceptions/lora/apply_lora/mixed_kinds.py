"""A target that matches layers of several kinds raises no error."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    names = []
    for target in targets:
        found = {name: layer for name, layer in model.named_modules() if f".{name}".endswith(f".{target}")}
        linear = [name for name, layer in found.items() if isinstance(layer, (nn.Linear, Conv1D))]
        names += linear or [target]
    return _right(model, list(dict.fromkeys(names)), r, alpha)
