"""It raises an error for values of another width than that of the keys."""

also = (
    "It raises an error for another number of leading dimensions, or of queries than keys.",
    "attend with a mask that isn't boolean must raise TypeError.",
)

_right = attend


def attend(q, k, v, mask=None):
    if v.shape != k.shape:
        raise ValueError("values must have the shape of keys")
    return _right(q, k, v, mask)
