"""The log-ratio is cut off; a token that has gone far the wrong way must still be brought back."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).masked_fill(mask == 0, 0.0).clamp(-10, 10).exp()
    advantages = advantages.detach().masked_fill(mask == 0, 0.0)
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    return -objective.sum() / mask.sum().clamp(min=1)
