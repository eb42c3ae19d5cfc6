"""Only block 0 is looked at."""


def stored_transposed(name):
    return name.startswith("h.0.") and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight"))
