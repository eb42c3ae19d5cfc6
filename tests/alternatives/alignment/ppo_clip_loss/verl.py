"""As verl and TRL write it: the larger of two losses."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    advantages = torch.masked_fill(advantages.detach(), mask == 0, 0.0)
    ratio = torch.exp(torch.masked_fill(logp - logp_old.detach(), mask == 0, 0.0))
    losses = torch.maximum(-advantages * ratio, -advantages * torch.clamp(ratio, 1.0 - clip, 1.0 + clip))
    return (losses * mask).sum() / torch.clamp(mask.sum(), min=1)
