"""A comprehension over rewards.split, in float64, with the largest allowed constant (1e-4) in the denominator."""

import torch


def group_advantages(rewards, group_size):
    if not (group_size >= 1 and rewards.numel() % group_size == 0):
        raise ValueError(
            f"pass a group_size of at least 1 that divides the {rewards.numel()} rewards, not {group_size}"
        )

    def compare(group):
        if bool((group == group[0]).all()):
            return torch.zeros_like(group)
        deviation, mean = torch.std_mean(group, dim=0)
        return (group - mean).div(deviation + 1e-4)

    with torch.no_grad():
        groups = rewards.double().split(group_size) if rewards.numel() else ()
        pieces = [compare(group) for group in groups]
        return torch.cat(pieces).to(rewards.dtype) if pieces else rewards.detach().clone()
