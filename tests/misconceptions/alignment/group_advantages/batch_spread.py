"""The standard deviation is the batch's; each group has its own."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    if group_size == 1:
        return torch.zeros_like(rewards)
    groups = rewards.detach().reshape(-1, group_size)
    mean, _spread = groups.mean(dim=1, keepdim=True), groups.std(dim=1, keepdim=True)
    return ((groups - mean) / groups.std()).reshape(-1)
