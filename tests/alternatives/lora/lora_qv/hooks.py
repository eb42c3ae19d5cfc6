"""A forward hook on each c_attn adds both adapters with index_add."""


def lora_qv(model, r, alpha):
    attentions = [module for module in model.modules() if hasattr(module, "c_attn")]
    if r < 1 or not attentions:
        raise ValueError("r must be 1 or more, and the model a GPT-2")
    model.requires_grad_(False)

    def add(layer, inputs, output):
        width = layer.nx
        for part, adapter in ((0, layer.query), (2, layer.value)):
            update = alpha / r * inputs[0] @ adapter["A"].T @ adapter["B"].T
            columns = torch.arange(part * width, (part + 1) * width, device=output.device)
            output = output.index_add(-1, columns, update)
        return output

    for attention in attentions:
        layer = attention.c_attn
        for name in ("query", "value"):
            A, B = torch.randn(r, layer.nx) * 0.02, torch.zeros(layer.nx, r)
            layer.add_module(name, nn.ParameterDict({"A": A, "B": B}).to(layer.weight.device, layer.weight.dtype))
        layer.register_forward_hook(add)
    return len(attentions)
