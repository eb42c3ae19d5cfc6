"""Returns a NamedTuple (which is a tuple); -log sigmoid(c - r) is logaddexp(c, r) - c, in float64 inside."""

from typing import NamedTuple

import torch


def dpo_loss(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    class Result(NamedTuple):
        loss: torch.Tensor
        chosen_rewards: torch.Tensor
        rejected_rewards: torch.Tensor

    good, bad = (
        (policy.double() - reference.double()) * beta
        for policy, reference in ((policy_chosen, ref_chosen), (policy_rejected, ref_rejected))
    )
    losses = torch.logaddexp(good, bad) - good
    back = policy_chosen.dtype
    return Result(losses.mean().to(back), good.detach().to(back), bad.detach().to(back))
