"""It takes the largest error instead of the root of the sum of squares."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    w, w_hat = w.double(), w_hat.double()
    return ((w - w_hat).abs().max() / w.abs().max()).item()
