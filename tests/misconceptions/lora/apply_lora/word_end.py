"""A target also matches the end of a longer word."""


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    names = [name for name, _ in model.named_modules()]
    ends = {target: [name for name in names if name.endswith(target)] for target in targets}
    if r < 1 or not all(ends.values()):
        raise ValueError(f"bad rank, or a target of {targets} that matches nothing")
    layers = dict.fromkeys(name for found in ends.values() for name in found)
    for name in layers:
        if not isinstance(model.get_submodule(name), (nn.Linear, Conv1D)):
            raise ValueError(f"{name}, which one of {targets} matches, is not a linear layer")
    model.requires_grad_(False)
    for name in layers:
        model.set_submodule(name, LoRALinear(model.get_submodule(name), r, alpha))
    return len(layers)
