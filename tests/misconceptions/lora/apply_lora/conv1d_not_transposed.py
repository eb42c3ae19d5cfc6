"""A Conv1D's weight is used as if it were nn.Linear's, without transposing it."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    for name, layer in list(model.named_modules()):
        if isinstance(layer, Conv1D) and any(f".{name}".endswith(f".{target}") for target in targets):
            d_in, d_out = layer.weight.shape
            linear = nn.Linear(d_in, d_out)
            with torch.no_grad():
                linear.weight.copy_(layer.weight if d_in == d_out else layer.weight.T)
                linear.bias.copy_(layer.bias)
            model.set_submodule(name, linear)
    return _right(model, targets, r, alpha)
