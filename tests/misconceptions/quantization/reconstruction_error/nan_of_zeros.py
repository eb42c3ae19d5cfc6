"""The error of zeros against zeros is not a number; it is 0."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    w, w_hat = w.double(), w_hat.double()
    return ((w - w_hat).norm() / w.norm()).item()
