"""The blocks' numbers, sorted as numbers; einsum for the output."""


def gpt_logits(ids, params, heads):
    import re

    wte, wpe = params["wte.weight"], params["wpe.weight"]
    length, positions = ids.shape[-1], wpe.shape[0]
    if length > positions:
        raise ValueError(f"T = {length} > P = {positions}")
    blocks = {}
    for name, one in params.items():
        if found := re.match(r"h\.([0-9]+)\.(.+)", name):
            blocks.setdefault(int(found[1]), {})[found[2]] = one
    x, mask = wte[ids] + wpe[:length], causal_mask(length)
    for number in sorted(blocks):
        x = transformer_block(x, blocks[number], heads, mask)
    return torch.einsum("btd,vd->btv", normalize_layer(x, params["ln_f.weight"], params["ln_f.bias"]), wte)
