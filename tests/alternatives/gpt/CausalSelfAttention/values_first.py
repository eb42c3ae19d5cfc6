"""One map whose rows are values, keys, queries, in this order; listed as slices."""

exercise = (
    "CausalSelfAttention",
    "tensors_of",
)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"{config.width} % {config.heads}")
        self.out = nn.Linear(config.width, config.width)
        self.vkq = nn.Linear(config.width, 3 * config.width)
        self.heads, self.p = config.heads, config.dropout

    def forward(self, x):
        v, k, q = (one.unflatten(-1, (self.heads, -1)).transpose(1, 2) for one in self.vkq(x).chunk(3, dim=-1))
        p = self.p if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=p)
        return F.dropout(self.out(y.transpose(1, 2).flatten(2)), self.p, self.training)


def _names(attention):
    width = attention.out.weight.shape[0]
    found = {"c_proj.weight": attention.out.weight, "c_proj.bias": attention.out.bias}
    for index, letter in enumerate("vkq"):
        rows = slice(index * width, (index + 1) * width)
        found[f"{letter}.weight"], found[f"{letter}.bias"] = attention.vkq.weight[rows], attention.vkq.bias[rows]
    return found


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
