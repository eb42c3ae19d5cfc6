"""A causal mask is used in place of the one given."""

also = ("Without a mask it doesn't look ahead; None means that every query may look at every key.",)


def transformer_block(x, params, heads, mask):

    def named(part: str) -> tuple[torch.Tensor, torch.Tensor]:
        return params[f"{part}.weight"], params[f"{part}.bias"]

    read = normalize_layer(x, *named("ln_1"))
    x = x + multi_head_attention(read, *named("attn.c_attn"), *named("attn.c_proj"), heads, causal_mask(x.shape[1]))
    read = normalize_layer(x, *named("ln_2"))
    return x + feed_forward(read, *named("mlp.c_fc"), *named("mlp.c_proj"))
