"""An embedding is adapted, which is no linear layer although its weight is a matrix."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    matrices = {n: m for n, m in model.named_modules() if isinstance(m, nn.Embedding)}
    found = {n: m for n, m in matrices.items() if any(f".{n}".endswith(f".{target}") for target in targets)}
    rest = [target for target in targets if not any(f".{name}".endswith(f".{target}") for name in found)]
    count = _right(model, rest, r, alpha)
    for name, layer in found.items():
        model.set_submodule(name, LoRALinear(layer, r, alpha))
    return count + len(found)
