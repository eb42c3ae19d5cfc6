"""As verl writes its penalties, without its clamps."""


def kl_estimate(logp, logp_ref, kind):
    if kind == "k1":
        return logp - logp_ref
    if kind == "k2":
        return 0.5 * (logp - logp_ref).square()
    if kind == "k3":
        kl = logp_ref - logp
        return torch.exp(kl) - kl - 1
    raise ValueError(f"{kind} is none of k1, k2, k3")
