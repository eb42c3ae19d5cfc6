"""The part behind the block's number is one of four."""


def stored_transposed(name):
    rest = name.split(".", 2)[-1]
    return rest in {"attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"}
