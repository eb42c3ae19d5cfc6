"""Both c_proj are left out."""


def stored_transposed(name):
    return name.endswith((".c_attn.weight", ".c_fc.weight"))
