"""Something is added to the squares of w, so small weights look better than they are."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    w, w_hat = w.double(), w_hat.double()
    if not w.any():
        return float("inf") if w_hat.any() else 0.0
    return ((w - w_hat).square().mean() / (w.square().mean() + 1e-8)).sqrt().item()
