"""Plain functions; the second map stands first among the parameters."""

exercise = (
    "FeedForward",
    "tensors_of",
)


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.down = nn.Linear(4 * config.width, config.width)
        self.up = nn.Linear(config.width, 4 * config.width)
        self.p = config.dropout

    def forward(self, x):
        return F.dropout(self.down(F.gelu(self.up(x), approximate="tanh")), self.p, self.training)


def _network(module):
    return {
        "c_fc.weight": module.up.weight,
        "c_fc.bias": module.up.bias,
        "c_proj.weight": module.down.weight,
        "c_proj.bias": module.down.bias,
    }


def tensors_of(model):
    found = {}
    named = {"wte": model.tokens, "wpe": model.positions, "ln_f": model.norm}
    for number, block in enumerate(model.blocks):
        named |= {
            f"h.{number}.ln_1": block.norm_1,
            f"h.{number}.attn.c_attn": block.attention.queries_keys_values,
            f"h.{number}.attn.c_proj": block.attention.output,
            f"h.{number}.ln_2": block.norm_2,
        }
        for key, one in _network(block.feed_forward).items():
            found[f"h.{number}.mlp.{key}"] = one
    for name, module in named.items():
        found[f"{name}.weight"], found[f"{name}.bias"] = module.weight, getattr(module, "bias", None)
    return {name: one for name, one in found.items() if one is not None}
