"""It averages signed errors, which cancel out."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    return ((w - w_hat).mean() / w.square().mean().sqrt()).abs().item()
