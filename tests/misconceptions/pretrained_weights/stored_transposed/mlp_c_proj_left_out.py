"""mlp.c_proj is left out."""


def stored_transposed(name):
    return name.endswith((".c_attn.weight", "attn.c_proj.weight", ".c_fc.weight"))
