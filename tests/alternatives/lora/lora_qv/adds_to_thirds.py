"""Runs c_attn as it is and adds the two adapters to the first and the last third of its output."""


class _AddedAdapters(nn.Module):
    def __init__(self, c_attn, r, alpha):
        super().__init__()
        width = c_attn.weight.shape[0]
        self.c_attn, self.width, self.scale = c_attn, width, alpha / r
        self.query_down = nn.Parameter(c_attn.weight.new_empty(r, width).normal_() / width)
        self.value_down = nn.Parameter(c_attn.weight.new_empty(r, width).normal_() / width)
        self.query_up = nn.Parameter(c_attn.weight.new_zeros(width, r))
        self.value_up = nn.Parameter(c_attn.weight.new_zeros(width, r))

    def forward(self, x):
        out = self.c_attn(x).clone()
        out[..., : self.width] += self.scale * x @ self.query_down.T @ self.query_up.T
        out[..., 2 * self.width :] += self.scale * x @ self.value_down.T @ self.value_up.T
        return out


def lora_qv(model, r, alpha):
    if r < 1:
        raise ValueError("r must be 1 or more")
    blocks = [module for module in model.modules() if hasattr(module, "c_attn")]
    if not blocks:
        raise ValueError("no c_attn")
    model.requires_grad_(False)
    for attention in blocks:
        attention.c_attn = _AddedAdapters(attention.c_attn, r, alpha)
    return len(blocks)
