"""It averages signed errors, which cancel out, and not relative to w."""

exercise = "reconstruction_error"


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    return (w - w_hat).mean().item()
