"""mlp.c_fc is left out."""


def stored_transposed(name):
    return name.endswith((".c_attn.weight", ".c_proj.weight"))
