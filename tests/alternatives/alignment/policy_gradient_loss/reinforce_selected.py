"""Response tokens are selected first."""


def policy_gradient_loss(logp, advantages, mask):
    chosen = mask.bool()
    if not chosen.any():
        return logp[chosen].sum()
    return -(logp[chosen] * advantages.data[chosen]).mean()
