"""A target also matches the end of a longer word."""


def apply_lora(model, targets, r, alpha):
    names = [name for name, _ in model.named_modules()]
    ends = {target: [name for name in names if name.endswith(target)] for target in targets}
    if r < 1 or not all(ends.values()):
        raise ValueError(f"bad rank, or a target of {targets} that matches nothing")
    layers = dict.fromkeys(name for found in ends.values() for name in found)
    if any(not hasattr(model.get_submodule(name), "weight") for name in layers):
        raise ValueError(f"one of {targets} is not a linear layer")
    if any(model.get_submodule(name).weight.ndim != 2 for name in layers):
        raise ValueError(f"one of {targets} is not a linear layer")
    model.requires_grad_(False)
    for name in layers:
        model.set_submodule(name, LoRALinear(model.get_submodule(name), r, alpha))
    return len(layers)
