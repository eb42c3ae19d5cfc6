"""The difference is taken in the dtype of the input, whose rounding is in the result."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError(f"shapes differ: {tuple(w.shape)} and {tuple(w_hat.shape)}")
    off = (w - w_hat).float().norm().item()
    size = w.float().norm().item()
    if size == 0:
        return 0.0 if off == 0 else float("inf")
    return off / size
