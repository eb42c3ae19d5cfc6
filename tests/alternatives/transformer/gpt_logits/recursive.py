"""A stream that goes through the blocks by recursion."""


def gpt_logits(ids, params, heads):
    wte, wpe = params["wte.weight"], params["wpe.weight"]
    if ids.size(1) > wpe.size(0):
        raise ValueError(f"{ids.size(1)} tokens do not fit {wpe.size(0)} positions")

    def through(stream, at):
        if f"h.{at}.mlp.c_fc.weight" not in params:
            return normalize_layer(stream, params["ln_f.weight"], params["ln_f.bias"])
        block = {name.split(".", 2)[2]: one for name, one in params.items() if name.startswith(f"h.{at}.")}
        return through(transformer_block(stream, block, heads, causal_mask(ids.size(1))), at + 1)

    stream = torch.nn.functional.embedding(ids, wte) + torch.nn.functional.embedding(torch.arange(ids.size(1)), wpe)
    return torch.nn.functional.linear(through(stream, 0), wte)
