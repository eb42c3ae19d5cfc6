"""The second half reads the stream from before the first."""


def transformer_block(x, params, heads, mask):
    def pair(part):
        return params[f"{part}.weight"], params[f"{part}.bias"]

    def n1(stream):
        return normalize_layer(stream, *pair("ln_1"))

    def n2(stream):
        return normalize_layer(stream, *pair("ln_2"))

    def att(read):
        return multi_head_attention(read, *pair("attn.c_attn"), *pair("attn.c_proj"), heads, mask)

    def ffn(read):
        return feed_forward(read, *pair("mlp.c_fc"), *pair("mlp.c_proj"))

    return x + att(n1(x)) + ffn(n2(x))
