"""nn.TransformerEncoderLayer with the norms first; what its network drops inside is switched off."""

exercise = (
    "Block",
    "tensors_of",
)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            config.width,
            config.heads,
            4 * config.width,
            config.dropout,
            activation=lambda a: F.gelu(a, approximate="tanh"),
            batch_first=True,
            norm_first=True,
        )
        self.layer.dropout = nn.Identity()

    def forward(self, x):
        ahead = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        return self.layer(x, src_mask=ahead, is_causal=True)


def tensors_of(model):
    modules = {"wte": model.tokens, "wpe": model.positions, "ln_f": model.norm}
    found = {}
    for number, block in enumerate(model.blocks):
        layer, at = block.layer, f"h.{number}."
        modules |= {
            at + "ln_1": layer.norm1,
            at + "ln_2": layer.norm2,
            at + "attn.c_proj": layer.self_attn.out_proj,
            at + "mlp.c_fc": layer.linear1,
            at + "mlp.c_proj": layer.linear2,
        }
        found[at + "attn.c_attn.weight"] = layer.self_attn.in_proj_weight
        found[at + "attn.c_attn.bias"] = layer.self_attn.in_proj_bias
    return found | {f"{name}.{key}": one for name, part in modules.items() for key, one in part.named_parameters()}
