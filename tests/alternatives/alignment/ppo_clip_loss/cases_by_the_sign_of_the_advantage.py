"""Two cases: for good tokens the ratio is bounded from above, for bad ones from below."""

import torch


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    chosen = mask > 0
    ratio = torch.exp(logp[chosen] - logp_old[chosen].detach())
    advantage = advantages[chosen].detach()
    good = advantage > 0
    gains = ratio[good].clamp(max=1 + clip) * advantage[good]
    costs = ratio[~good].clamp(min=1 - clip) * advantage[~good]
    total = gains.sum() + costs.sum()
    return total.neg().div(max(int(chosen.sum()), 1)).to(logp.dtype)
