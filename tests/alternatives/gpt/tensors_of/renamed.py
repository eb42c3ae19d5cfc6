"""Names that are translated, one by one."""


def tensors_of(model):
    words = {
        "tokens": "wte",
        "positions": "wpe",
        "norm": "ln_f",
        "blocks": "h",
        "norm_1": "ln_1",
        "norm_2": "ln_2",
        "attention.queries_keys_values": "attn.c_attn",
        "attention.output": "attn.c_proj",
        "feed_forward.layers.0": "mlp.c_fc",
        "feed_forward.layers.2": "mlp.c_proj",
    }
    found = {}
    for name, tensor in reversed(list(model.named_parameters())):
        for mine, theirs in sorted(words.items(), key=lambda pair: -len(pair[0])):
            name = name.replace(mine, theirs)
        found[name] = tensor
    return found
