"""It averages within each response first; here every token of the batch counts the same."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = advantages.detach()[:, None].expand_as(logp)
    ratio = (logp - logp_old.detach()).exp()
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    return -((objective * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()
