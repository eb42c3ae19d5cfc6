"""kl_estimate with an unknown kind must raise ValueError."""

_right = kl_estimate


def kl_estimate(logp, logp_ref, kind):
    return _right(logp, logp_ref, kind.strip().lower())
