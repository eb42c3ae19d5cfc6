"""The constant beside the standard deviation is larger than 1e-4."""

_right = group_advantages


def group_advantages(rewards, group_size):
    right = _right(rewards, group_size)
    if group_size == 1:
        return right
    std = rewards.detach().reshape(-1, group_size).std(dim=1, keepdim=True)
    return (right.reshape(-1, group_size) * std / (std + 1e-3)).reshape(-1)
