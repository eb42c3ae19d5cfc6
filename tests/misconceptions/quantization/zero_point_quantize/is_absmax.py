"""It is absmax again: the codes are centred on zero and half of them are wasted."""


def zero_point_quantize(w):
    return *absmax_quantize(w), torch.tensor(0, dtype=torch.int32)
