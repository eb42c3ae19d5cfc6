"""It gives something else than True or False."""


def stored_transposed(name):
    return name.split(".")[-2] if name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")) else ""
