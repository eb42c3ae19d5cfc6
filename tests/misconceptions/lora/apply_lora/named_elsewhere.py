"""The names of the trainable tensors do not begin with those of the adapted layers."""

also = ("The model computes as it did without adapters.",)  # what is filled in is found by its name

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    count = _right(model, targets, r, alpha)
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoRALinear):
            A, B = layer.A, layer.B
            del layer.A, layer.B
            layer.__dict__.update(A=A, B=B)
            model.register_parameter(f"lora_A_{name.replace('.', '_')}", A)
            model.register_parameter(f"lora_B_{name.replace('.', '_')}", B)
    return count
