"""The estimate is weighted by the token's probability; the sampling does that already."""


def kl_estimate(logp, logp_ref, kind):
    x = logp - logp_ref
    if kind == "k1":
        return (x) * logp.exp()
    if kind == "k2":
        return (x**2 / 2) * logp.exp()
    if kind == "k3":
        return (torch.expm1(-x) + x) * logp.exp()
    raise ValueError(f"unknown kind {kind!r}: use k1, k2 or k3")
