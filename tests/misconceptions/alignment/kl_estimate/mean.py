"""It averages over the tokens; every token has an estimate of its own."""


def kl_estimate(logp, logp_ref, kind):
    x = logp - logp_ref
    if kind == "k1":
        return (x).mean()
    if kind == "k2":
        return (x**2 / 2).mean()
    if kind == "k3":
        return (torch.expm1(-x) + x).mean()
    raise ValueError(f"unknown kind {kind!r}: use k1, k2 or k3")
