"""An error is raised because other names stand in params too; they are not read."""

_right = transformer_block


def transformer_block(x, params, heads, mask):
    for name in params:
        layer, _, kind = name.rpartition(".")
        if layer not in ("ln_1", "ln_2", "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"):
            raise KeyError(name)
    return _right(x, params, heads, mask)
