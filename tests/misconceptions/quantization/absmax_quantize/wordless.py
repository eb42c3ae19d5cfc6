"""absmax_quantize with bits outside 2 to 8 raises ValueError without a message; say why."""

_right = absmax_quantize


def absmax_quantize(w, bits=8, dim=None):
    try:
        return _right(w, bits, dim)
    except ValueError:
        raise ValueError from None
