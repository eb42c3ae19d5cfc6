"""An error is raised because other names stand in params too; they are not read."""

_right = transformer_block


def transformer_block(x, params, heads, mask):
    if len(params) != 12:
        raise ValueError(f"{len(params)} tensors; a block has twelve")
    return _right(x, params, heads, mask)
