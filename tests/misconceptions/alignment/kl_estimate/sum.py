"""It adds up the tokens; every token has an estimate of its own."""


def kl_estimate(logp, logp_ref, kind):
    x = logp - logp_ref
    if kind == "k1":
        return (x).sum()
    if kind == "k2":
        return (x**2 / 2).sum()
    if kind == "k3":
        return (torch.expm1(-x) + x).sum()
    raise ValueError(f"unknown kind {kind!r}: use k1, k2 or k3")
