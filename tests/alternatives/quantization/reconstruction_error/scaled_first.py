"""Brings the numbers to a size of 1 first, and then computes in fp32."""


def reconstruction_error(w, w_hat):
    import math

    if w.shape != w_hat.shape:
        raise ValueError(f"w_hat must be {tuple(w.shape)}")
    size = w.float().abs().max()
    if size == 0:
        return math.inf if w_hat.any() else 0.0
    w, w_hat = w.float() / size, w_hat.float() / size
    return math.sqrt(float(((w - w_hat) ** 2).sum())) / math.sqrt(float((w**2).sum()))
