"""Tokens with an advantage of 0 are left out of the mean; they are response tokens too."""

_right = grpo_loss


def grpo_loss(logp, logp_old, advantages, mask, clip):
    return _right(logp, logp_old, advantages, mask * (advantages != 0)[:, None], clip)
