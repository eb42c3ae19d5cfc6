"""In k3 the -1 is missing."""


def kl_estimate(logp, logp_ref, kind):
    x = logp - logp_ref
    if kind == "k1":
        return x
    if kind == "k2":
        return x**2 / 2
    if kind == "k3":
        return (-x).exp() + x
    raise ValueError(f"unknown kind {kind!r}: use k1, k2 or k3")
