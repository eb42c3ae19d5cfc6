"""As TRL's GRPO with the mean over all tokens of the batch, from log-ratios that are 0 where the mask is."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = advantages.detach().unsqueeze(1)
    coef_1 = torch.exp(torch.where(mask.bool(), logp - logp_old.detach(), 0.0))
    coef_2 = torch.clamp(coef_1, 1 - clip, 1 + clip)
    per_token_loss = -torch.min(coef_1 * advantages, coef_2 * advantages)
    return (per_token_loss * mask).sum() / mask.sum().clamp(min=1)
