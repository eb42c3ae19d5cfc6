"""Tokens with an advantage of 0 are left out of the mean; they are response tokens too."""

_right = ppo_clip_loss


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    return _right(logp, logp_old, advantages, mask * (advantages != 0), clip)
