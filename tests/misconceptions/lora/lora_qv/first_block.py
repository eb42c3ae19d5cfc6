"""Only the first block is adapted."""


def lora_qv(model, r, alpha):
    if r < 1:
        raise ValueError("r must be 1 or more")
    for name, layer in model.named_modules():
        if name.endswith("attn.c_attn"):
            model.requires_grad_(False)
            model.set_submodule(name, QueryValueLoRA(layer, r, alpha))
            return 1
    raise ValueError("no c_attn")
