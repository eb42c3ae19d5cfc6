"""What comes out has another dtype than what went in."""

_right = transformer_block


def transformer_block(x, params, heads, mask):
    return _right(x.float(), {name: one.float() for name, one in params.items()}, heads, mask)
