"""Two closures, in a loop."""


def transformer_block(x, params, heads, mask):
    def attention(read):
        names = ("attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias")
        return multi_head_attention(read, *map(params.__getitem__, names), heads=heads, mask=mask)

    def network(read):
        return feed_forward(
            read, *(params[f"mlp.{part}.{kind}"] for part in ("c_fc", "c_proj") for kind in ("weight", "bias"))
        )

    for number, part in enumerate((attention, network), start=1):
        x = x + part(normalize_layer(x, params[f"ln_{number}.weight"], params[f"ln_{number}.bias"]))
    return x
