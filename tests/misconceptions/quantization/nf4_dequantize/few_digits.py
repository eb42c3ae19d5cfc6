"""The levels are rounded to a few digits; take NF4_LEVELS as they are."""

_right, _levels = nf4_dequantize, NF4_LEVELS


def nf4_dequantize(packed, absmax, shape, block_size=64):
    global NF4_LEVELS
    NF4_LEVELS = tuple(round(level, 4) for level in _levels)
    try:
        return _right(packed, absmax, shape, block_size)
    finally:
        NF4_LEVELS = _levels
