"""Weights stored (in, out) as in GPT-2's files, and plain parameters instead of nn.Linear."""

exercise = (
    "CausalSelfAttention",
    "tensors_of",
)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"heads {config.heads} and width {config.width}")
        width = config.width
        self.w_in, self.b_in = nn.Parameter(torch.randn(width, 3 * width)), nn.Parameter(torch.zeros(3 * width))
        self.w_out, self.b_out = nn.Parameter(torch.randn(width, width)), nn.Parameter(torch.zeros(width))
        self.heads, self.drop = config.heads, nn.Dropout(config.dropout)

    def forward(self, x):
        q, k, v = (x @ self.w_in + self.b_in).chunk(3, dim=2)
        q, k, v = (torch.stack(one.chunk(self.heads, dim=2), dim=1) for one in (q, k, v))
        scores = torch.einsum("bhid,bhjd->bhij", q, k) / q.shape[-1] ** 0.5
        i = torch.arange(x.shape[1], device=x.device)
        scores = torch.where(i[:, None] >= i, scores, torch.full_like(scores, -math.inf))
        weights = self.drop(torch.softmax(scores, dim=3))
        y = torch.einsum("bhij,bhjd->bihd", weights, v).reshape(x.shape)
        return self.drop(y @ self.w_out + self.b_out)


def _names(attention):
    return {
        "c_attn.weight": attention.w_in.T,
        "c_attn.bias": attention.b_in,
        "c_proj.weight": attention.w_out.T,
        "c_proj.bias": attention.b_out,
    }


def tensors_of(model):
    found = _rest_of(model)
    for number, block in enumerate(model.blocks):
        found |= {f"h.{number}.attn.{key}": tensor for key, tensor in _names(block.attention).items()}
    return found


def _rest_of(model):
    modules = {"wte": model.tokens, "wpe": model.positions, "ln_f": model.norm}
    for number, block in enumerate(model.blocks):
        modules |= {
            f"h.{number}.ln_1": block.norm_1,
            f"h.{number}.ln_2": block.norm_2,
            f"h.{number}.mlp.c_fc": block.feed_forward.layers[0],
            f"h.{number}.mlp.c_proj": block.feed_forward.layers[2],
        }
    return {f"{name}.{key}": tensor for name, module in modules.items() for key, tensor in module.named_parameters()}
