"""math.hypot over Python floats, without torch."""

import math


def reconstruction_error(w, w_hat):
    if tuple(w.shape) != tuple(w_hat.shape):
        raise ValueError(f"shapes {list(w.shape)} and {list(w_hat.shape)} differ")
    a, b = ([float(v) for v in t.detach().double().flatten().tolist()] for t in (w, w_hat))
    off, size = math.hypot(*(x - y for x, y in zip(a, b, strict=True))), math.hypot(*a)
    if size:
        return off / size
    return math.inf if off else 0.0
