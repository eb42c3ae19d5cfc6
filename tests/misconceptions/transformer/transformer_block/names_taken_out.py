"""transformer_block changes its input in place."""

_right = transformer_block


def transformer_block(x, params, heads, mask):
    answer = _right(x, params, heads, mask)
    params.pop("ln_1.bias")
    return answer
