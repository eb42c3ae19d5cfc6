"""It computes in fp16, whose rounding is in the result."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    error, size = (w - w_hat).norm().item(), w.norm().item()
    if size == 0:
        return 0.0 if error == 0 else float("inf")
    return ((w - w_hat).norm() / w.norm()).item()
