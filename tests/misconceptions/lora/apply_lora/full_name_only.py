"""Only a layer whose full name is the target is adapted."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    layers = dict(model.named_modules())
    exact = [target for target in targets if target in layers]
    if not exact:
        return _right(model, targets, r, alpha)
    if r < 1 or len(exact) < len(targets) or not all(isinstance(layers[n], (nn.Linear, Conv1D)) for n in exact):
        raise ValueError(f"bad rank, or a bad target in {targets}")
    model.requires_grad_(False)
    for name in exact:
        model.set_submodule(name, LoRALinear(layers[name], r, alpha))
    return len(exact)
