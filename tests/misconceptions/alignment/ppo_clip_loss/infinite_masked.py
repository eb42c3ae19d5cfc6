"""An infinite value where the mask is 0 makes the loss NaN; what stands there counts for nothing."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).exp()
    objective = torch.minimum(ratio * advantages.detach(), ratio.clamp(1 - clip, 1 + clip) * advantages.detach())
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
