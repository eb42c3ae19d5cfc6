"""The mask is not used."""


def transformer_block(x, params, heads, mask):

    def named(part: str) -> tuple[torch.Tensor, torch.Tensor]:
        return params[f"{part}.weight"], params[f"{part}.bias"]

    read = normalize_layer(x, *named("ln_1"))
    x = x + multi_head_attention(read, *named("attn.c_attn"), *named("attn.c_proj"), heads)
    read = normalize_layer(x, *named("ln_2"))
    return x + feed_forward(read, *named("mlp.c_fc"), *named("mlp.c_proj"))
