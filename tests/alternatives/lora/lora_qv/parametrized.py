"""c_attn stays; its weight is parametrized with the two updates and zeros for the keys between them."""

from torch.nn.utils import parametrize


class _QueryValueUpdate(nn.Module):
    def __init__(self, width, r, alpha):
        super().__init__()
        self.scale = alpha / r
        self.As = nn.ParameterList([torch.randn(width, r) for _ in range(2)])
        self.Bs = nn.ParameterList([torch.zeros(r, width) for _ in range(2)])

    def forward(self, weight):
        query, value = (self.scale * A @ B for A, B in zip(self.As, self.Bs, strict=True))
        return weight + torch.cat([query, torch.zeros_like(query), value], dim=1)


def lora_qv(model, r, alpha):
    if r < 1:
        raise ValueError("r must be 1 or more")
    layers = [layer for name, layer in model.named_modules() if name.endswith("c_attn")]
    if not layers:
        raise ValueError("this model has no c_attn")
    model.requires_grad_(False)
    for layer in layers:
        update = _QueryValueUpdate(layer.weight.shape[0], r, alpha).to(layer.weight.device, layer.weight.dtype)
        parametrize.register_parametrization(layer, "weight", update, unsafe=True)
    return len(layers)
