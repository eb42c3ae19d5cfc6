"""The error about the kind doesn't say which there are."""

_right = kl_estimate


def kl_estimate(logp, logp_ref, kind):
    if kind not in ("k1", "k2", "k3"):
        raise ValueError(f"unknown kind {kind!r}")
    return _right(logp, logp_ref, kind)
