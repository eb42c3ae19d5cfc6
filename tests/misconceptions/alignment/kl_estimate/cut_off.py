"""An estimate is cut off; it may be as large as the formula says."""

_right = kl_estimate


def kl_estimate(logp, logp_ref, kind):
    found = _right(logp, logp_ref, kind)
    return found.clamp(-10, 10) if kind == "k3" else found
