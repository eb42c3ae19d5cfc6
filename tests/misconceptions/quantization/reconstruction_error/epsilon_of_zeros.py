"""Something is added to the size of w, so that an error against zeros comes out finite."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    w, w_hat = w.double(), w_hat.double()
    return ((w - w_hat).norm() / w.norm().clamp(min=1e-30)).item()
