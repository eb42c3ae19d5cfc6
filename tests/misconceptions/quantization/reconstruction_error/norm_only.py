"""The norm of the error is not divided by that of w."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    return (w.double() - w_hat.double()).norm().item()
