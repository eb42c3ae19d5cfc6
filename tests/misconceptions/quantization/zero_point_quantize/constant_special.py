"""A constant, quantized and dequantized here, has wrong values."""

_right = zero_point_quantize


def zero_point_quantize(w):
    if w.min() == w.max():
        return torch.zeros_like(w, dtype=torch.int8), torch.tensor(1.0), torch.tensor(0, dtype=torch.int32)
    return _right(w)
