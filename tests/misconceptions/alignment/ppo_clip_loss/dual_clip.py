"""A third bound is put on tokens with a negative advantage (dual clip); there are two."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).masked_fill(mask == 0, 0.0).exp()
    advantages = advantages.detach().masked_fill(mask == 0, 0.0)
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    objective = torch.where(advantages < 0, torch.maximum(objective, 3 * advantages), objective)
    return -objective.sum() / mask.sum().clamp(min=1)
