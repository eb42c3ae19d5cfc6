"""An original of zeros makes it divide by zero."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    w, w_hat = w.double(), w_hat.double()
    return (w - w_hat).norm().item() / w.norm().item()
