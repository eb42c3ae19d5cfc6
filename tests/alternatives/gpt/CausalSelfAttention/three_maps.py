"""Three maps for queries, keys and values; the mask is a buffer."""

exercise = (
    "CausalSelfAttention",
    "tensors_of",
)


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads != 0:
            raise ValueError(f"width={config.width} is no multiple of heads={config.heads}")
        self.q, self.k, self.v, self.o = (nn.Linear(config.width, config.width) for _ in range(4))
        self.heads, self.p = config.heads, config.dropout
        mask = torch.ones(config.positions, config.positions, dtype=torch.bool).tril()
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        rows, length, width = x.shape
        share = width // self.heads
        q, k, v = (f(x).view(rows, length, self.heads, share).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.mT * share**-0.5
        scores = scores.masked_fill(self.mask[:length, :length].logical_not(), float("-inf"))
        weights = F.dropout(scores.softmax(-1), self.p, self.training)
        y = (weights @ v).transpose(1, 2).contiguous().view(rows, length, width)
        return F.dropout(self.o(y), self.p, self.training)


def _names(attention):
    parts = {"q": attention.q, "k": attention.k, "v": attention.v, "c_proj": attention.o}
    return {f"{name}.{key}": one for name, part in parts.items() for key, one in part.named_parameters()}


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
