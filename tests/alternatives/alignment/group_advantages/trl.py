"""As TRL's GRPO: view, repeat_interleave, and 1e-4 beside the standard deviation."""


def group_advantages(rewards, group_size):
    if group_size <= 0 or rewards.numel() % group_size != 0:
        raise ValueError("group_size must divide the number of rewards")
    rewards = rewards.detach()
    if group_size == 1:
        return rewards * 0
    mean = rewards.view(-1, group_size).mean(dim=1).repeat_interleave(group_size, dim=0)
    std = rewards.view(-1, group_size).std(dim=1).repeat_interleave(group_size, dim=0)
    return (rewards - mean) / (std + 1e-4)
