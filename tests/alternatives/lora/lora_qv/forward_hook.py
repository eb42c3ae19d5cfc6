"""c_attn itself stays: four parameters are registered on it, and a forward hook adds the padded updates."""

from torch.nn.functional import pad


def lora_qv(model, r, alpha):
    if r < 1:
        raise ValueError(f"r={r}: pass 1 or more")
    layers = [m for name, m in model.named_modules() if name.split(".")[-1] == "c_attn"]
    if not layers:
        raise ValueError("no c_attn in this model: pass a GPT-2")

    def detour(layer, args, out):
        (x,) = args
        d = x.shape[-1]
        q = x @ layer.q_in @ layer.q_out
        v = x @ layer.v_in @ layer.v_out
        return out + (alpha / r) * (pad(q, (0, 2 * d)) + pad(v, (2 * d, 0)))

    for p in model.parameters():
        p.requires_grad_(False)
    for layer in layers:
        d = layer.weight.shape[0]
        for part in "qv":
            layer.register_parameter(f"{part}_in", nn.Parameter(layer.weight.new_empty(d, r).uniform_(-0.1, 0.1)))
            layer.register_parameter(f"{part}_out", nn.Parameter(layer.weight.new_zeros(r, d)))
        layer.register_forward_hook(detour)
    return len(layers)
