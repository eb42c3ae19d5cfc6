"""Blocks whose number has more than one digit are left out."""


def stored_transposed(name):
    return name[3:4] == "." and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight"))
