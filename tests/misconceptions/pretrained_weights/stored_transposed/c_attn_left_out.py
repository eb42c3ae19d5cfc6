"""attn.c_attn is left out."""


def stored_transposed(name):
    return name.endswith((".c_fc.weight", ".c_proj.weight"))
