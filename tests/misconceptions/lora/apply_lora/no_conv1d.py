"""apply_lora fails on Conv1D, GPT-2's kind of linear layer."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    for name, layer in model.named_modules():
        if any(f".{name}".endswith(f".{target}") for target in targets) and not isinstance(layer, nn.Linear):
            raise ValueError(f"{name} is not an nn.Linear")
    return _right(model, targets, r, alpha)
