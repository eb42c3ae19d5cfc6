"""Only the last token of a response gets its advantage; all of them do."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    last = (torch.arange(mask.shape[1]) * mask).amax(dim=1)
    full = torch.zeros_like(logp)
    full[torch.arange(len(mask)), last] = advantages.detach()
    return ppo_clip_loss(logp, logp_old, full, mask, clip)
