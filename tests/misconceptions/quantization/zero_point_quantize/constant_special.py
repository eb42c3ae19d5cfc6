"""Numbers that are all equal are not quantized as others are, over a range that holds 0."""

_right = zero_point_quantize


def zero_point_quantize(w):
    if w.min() == w.max():
        return torch.zeros_like(w, dtype=torch.int8), torch.tensor(1.0), torch.tensor(0, dtype=torch.int32)
    return _right(w)
