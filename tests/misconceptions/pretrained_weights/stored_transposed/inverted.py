"""True and False have changed places."""


def stored_transposed(name):
    return not name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight"))
