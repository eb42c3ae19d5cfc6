"""nn.MultiheadAttention with a mask of what lies ahead."""

exercise = (
    "CausalSelfAttention",
    "tensors_of",
)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"{config.heads} heads, width {config.width}")
        self.attention = nn.MultiheadAttention(config.width, config.heads, dropout=config.dropout, batch_first=True)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x):
        ahead = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        y, _ = self.attention(x, x, x, attn_mask=ahead, need_weights=False)
        return self.drop(y)


def _names(attention):
    inner = attention.attention
    return {
        "c_attn.weight": inner.in_proj_weight,
        "c_attn.bias": inner.in_proj_bias,
        "c_proj.weight": inner.out_proj.weight,
        "c_proj.bias": inner.out_proj.bias,
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
