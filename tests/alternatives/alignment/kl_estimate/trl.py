"""A table of functions; k3 as in TRL's GRPO."""


def kl_estimate(logp, logp_ref, kind):
    kinds = {
        "k1": lambda: logp - logp_ref,
        "k2": lambda: (logp_ref - logp) ** 2 / 2,
        "k3": lambda: torch.exp(logp_ref - logp) - (logp_ref - logp) - 1,
    }
    if kind not in kinds:
        raise ValueError(f"kind must be one of {sorted(kinds)}")
    return kinds[kind]()
