"""The bias of a Conv1D is lost."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    for name, layer in list(model.named_modules()):
        if isinstance(layer, Conv1D) and any(f".{name}".endswith(f".{target}") for target in targets):
            linear = nn.Linear(*layer.weight.shape, bias=False)
            with torch.no_grad():
                linear.weight.copy_(layer.weight.T)
            model.set_submodule(name, linear)
    return _right(model, targets, r, alpha)
