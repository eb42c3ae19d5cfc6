"""numpy in fp64, rounding halves away from zero."""


def absmax_quantize(w, bits=8, dim=None):
    import numpy as np

    if not 2 <= bits <= 8:
        raise ValueError("pass bits from 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    numbers = w.detach().double().numpy()
    magnitude = np.abs(numbers).max(axis=dim, keepdims=dim is not None)
    scale = np.asarray(magnitude / qmax)
    steps = np.divide(numbers, scale, out=np.zeros_like(numbers), where=scale > 0)
    codes = np.trunc(steps + np.copysign(0.5, steps))
    return torch.from_numpy(np.asarray(codes).astype("int8")), torch.from_numpy(scale.astype("float32"))
