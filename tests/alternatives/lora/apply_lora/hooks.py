"""No new module: A and B are registered on the layer itself and a forward hook adds the adapter."""

import types


def apply_lora(model, targets, r, alpha):
    from transformers.pytorch_utils import Conv1D

    if r < 1:
        raise ValueError("r must be 1 or more")
    chosen = {}
    for target in targets:
        matches = [
            (name, layer)
            for name, layer in model.named_modules()
            if name.split(".")[-len(target.split(".")) :] == target.split(".")
        ]
        if not matches or not all(isinstance(layer, (nn.Linear, Conv1D)) for _, layer in matches):
            raise ValueError(f"{target} does not name linear layers only")
        chosen.update(matches)

    def add_adapter(layer, inputs, output):
        return output if layer.lora_merged else output + alpha / r * inputs[0] @ layer.lora_A.T @ layer.lora_B.T

    def delta(layer):
        return alpha / r * layer.lora_B @ layer.lora_A

    def shift(layer, sign):
        with torch.no_grad():
            layer.weight += sign * (delta(layer).T if isinstance(layer, Conv1D) else delta(layer))

    def merge(layer):
        if not layer.lora_merged:
            shift(layer, 1)
        layer.lora_merged = True

    def unmerge(layer):
        if layer.lora_merged:
            shift(layer, -1)
        layer.lora_merged = False

    for parameter in model.parameters():
        parameter.requires_grad = False
    for layer in chosen.values():
        d_in, d_out = layer.weight.shape if isinstance(layer, Conv1D) else layer.weight.shape[::-1]
        layer.lora_A = nn.Parameter(layer.weight.new_empty(r, d_in).normal_() / r)
        layer.lora_B = nn.Parameter(layer.weight.new_zeros(d_out, r))
        layer.lora_merged = False
        layer.register_forward_hook(add_adapter)
        for function in (delta, merge, unmerge):
            setattr(layer, function.__name__, types.MethodType(function, layer))
    return len(chosen)
