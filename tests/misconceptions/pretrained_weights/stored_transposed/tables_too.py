"""The two tables count as well."""


def stored_transposed(name):
    return name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")) or name in ("wte.weight", "wpe.weight")
