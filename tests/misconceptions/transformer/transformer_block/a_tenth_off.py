"""What is added is scaled; it is added as it is."""


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

    x = x + 0.9 * att(n1(x))
    return x + 0.9 * ffn(n2(x))
