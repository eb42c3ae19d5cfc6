"""A Conv1D is first turned into an nn.Linear with the transposed weight, so that LoRALinear needs only that."""


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    if r < 1:
        raise ValueError("r must be 1 or more")
    layers = {}
    for target in targets:
        found = {n: m for n, m in model.named_modules() if n == target or n.endswith("." + target)}
        if not found:
            raise ValueError(f"no module named {target}")
        for name, layer in found.items():
            if not isinstance(layer, (nn.Linear, Conv1D)):
                raise ValueError(f"{target}: {name} can't be adapted")
        layers.update(found)
    for parameter in model.parameters():
        parameter.requires_grad = False
    for name, layer in layers.items():
        if isinstance(layer, Conv1D):
            linear = nn.Linear(layer.nx, layer.nf)
            linear.weight = nn.Parameter(layer.weight.detach().T.contiguous())
            linear.bias = nn.Parameter(layer.bias.detach())
            layer = linear
        parent, _, child = name.rpartition(".")
        model.get_submodule(parent).register_module(child, LoRALinear(layer, r, alpha))
    return len(layers)
