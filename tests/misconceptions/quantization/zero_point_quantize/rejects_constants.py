"""It rejects a constant input, which has a range once 0 belongs to it."""

_right = zero_point_quantize


def zero_point_quantize(w):
    if w.min() == w.max():
        raise ValueError("a constant has no range")
    return _right(w)
