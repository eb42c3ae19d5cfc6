"""A gradient that reaches the result doesn't go on into every tensor that was used."""


def gpt_logits(ids, params, heads):
    tokens, positions = params["wte.weight"], params["wpe.weight"]
    length = ids.shape[1]
    if length > len(positions):
        raise ValueError(f"T={length} tokens, but there are only P={len(positions)} positions; pass a shorter text")
    x = tokens[ids] + positions[:length]  # (B, T, D)
    mask = causal_mask(length)
    layer = 0
    while f"h.{layer}.ln_1.weight" in params:
        start = f"h.{layer}."
        block = {name.removeprefix(start): one for name, one in params.items() if name.startswith(start)}
        x = transformer_block(x.detach(), block, heads, mask)
        layer += 1
    return normalize_layer(x, params["ln_f.weight"], params["ln_f.bias"]) @ tokens.T
