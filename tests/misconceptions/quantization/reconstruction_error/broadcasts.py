"""reconstruction_error of shapes that only broadcast must raise ValueError."""


def reconstruction_error(w, w_hat):
    w, w_hat = w.double(), w_hat.double()
    error, size = (w - w_hat).norm().item(), w.norm().item()
    if size == 0:
        return 0.0 if error == 0 else float("inf")
    return error / size
