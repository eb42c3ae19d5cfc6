"""The formula of GELU written out, weights stored (in, out)."""

exercise = (
    "FeedForward",
    "tensors_of",
)


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config.width
        self.w1, self.b1 = nn.Parameter(torch.randn(width, 4 * width)), nn.Parameter(torch.zeros(4 * width))
        self.w2, self.b2 = nn.Parameter(torch.randn(4 * width, width)), nn.Parameter(torch.zeros(width))
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x):
        a = x @ self.w1 + self.b1
        a = 0.5 * a * (1.0 + torch.tanh(0.7978845608028654 * (a + 0.044715 * torch.pow(a, 3.0))))
        return self.drop(torch.matmul(a, self.w2) + self.b2)


def _network(module):
    return {
        "c_fc.weight": module.w1.T,
        "c_fc.bias": module.b1,
        "c_proj.weight": module.w2.T,
        "c_proj.bias": module.b2,
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
