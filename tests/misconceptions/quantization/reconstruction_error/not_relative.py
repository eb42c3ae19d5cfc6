"""The error is not divided by the size of w."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    return (w.double() - w_hat.double()).square().mean().sqrt().item()
