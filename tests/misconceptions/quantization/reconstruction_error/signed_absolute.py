"""It averages signed errors, which cancel out, and not relative to w."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    return (w - w_hat).mean().item()
