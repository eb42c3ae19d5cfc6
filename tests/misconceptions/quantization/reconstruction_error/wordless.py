"""reconstruction_error of shapes that only broadcast raises ValueError without a message; say why."""

_right = reconstruction_error


def reconstruction_error(w, w_hat):
    try:
        return _right(w, w_hat)
    except ValueError:
        raise ValueError from None
