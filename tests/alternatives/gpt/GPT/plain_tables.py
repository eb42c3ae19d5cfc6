"""The tables are parameters of the model itself, looked up by indexing; the end is an einsum."""

exercise = (
    "GPT",
    "tensors_of",
)


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Parameter(torch.randn(config.vocab, config.width))
        self.wpe = nn.Parameter(torch.randn(config.positions, config.width))
        self.blocks = nn.ModuleList()
        for _ in range(config.layers):
            self.blocks.append(Block(config))
        self.norm = nn.LayerNorm(config.width)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, ids):
        if ids.size(1) > self.config.positions:
            raise ValueError(f"{ids.size(1)} > {self.config.positions}")
        x = self.drop(self.wte[ids] + self.wpe[: ids.size(1)])
        for block in self.blocks:
            x = block(x)
        return torch.einsum("btd,vd->btv", self.norm(x), self.wte)


def tensors_of(model):
    found = {"wte.weight": model.wte, "wpe.weight": model.wpe}
    found |= {f"ln_f.{name}": one for name, one in model.norm.named_parameters()}
    for number, block in enumerate(model.blocks):
        parts = {
            "ln_1": block.norm_1,
            "attn.c_attn": block.attention.queries_keys_values,
            "attn.c_proj": block.attention.output,
            "ln_2": block.norm_2,
            "mlp.c_fc": block.feed_forward.layers[0],
            "mlp.c_proj": block.feed_forward.layers[2],
        }
        found |= {
            f"h.{number}.{name}.{key}": one for name, part in parts.items() for key, one in part.named_parameters()
        }
    return found
