"""w_hat is rounded to the dtype of w before it is compared."""

_right = reconstruction_error


def reconstruction_error(w, w_hat):
    return _right(w, w_hat.to(w.dtype))
