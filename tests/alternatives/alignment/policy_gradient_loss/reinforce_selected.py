"""Response tokens are selected first."""


def policy_gradient_loss(logp, advantages, mask):
    chosen = mask.bool()
    if not chosen.any():
        return 0.0 * logp.sum()
    return -(logp[chosen] * advantages.data[chosen]).mean()
