"""reconstruction_error must return a Python float."""

_right = reconstruction_error


def reconstruction_error(w, w_hat):
    return torch.tensor(_right(w, w_hat))
