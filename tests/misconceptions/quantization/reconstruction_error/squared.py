"""The root is missing: it is the ratio of the squares."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    w, w_hat = w.double(), w_hat.double()
    return ((w - w_hat).square().sum() / w.square().sum()).item()
