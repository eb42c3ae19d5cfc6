"""It averages the errors of rows or columns; there is one norm over all numbers."""

_right = reconstruction_error


def reconstruction_error(w, w_hat):
    if w.ndim < 2 or w.shape != w_hat.shape or not w.any(dim=-1).all():
        return _right(w, w_hat)
    w, w_hat = w.double(), w_hat.double()
    return ((w - w_hat).norm(dim=-1) / w.norm(dim=-1)).mean().item()
