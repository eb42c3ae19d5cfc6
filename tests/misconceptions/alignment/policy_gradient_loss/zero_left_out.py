"""Tokens with an advantage of 0 are left out of the mean; they are response tokens too."""

_right = policy_gradient_loss


def policy_gradient_loss(logp, advantages, mask):
    return _right(logp, advantages, mask * (advantages != 0))
