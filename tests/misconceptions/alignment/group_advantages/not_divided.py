"""It is not divided by the standard deviation."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    if group_size == 1:
        return torch.zeros_like(rewards)
    groups = rewards.detach().reshape(-1, group_size)
    mean, _spread = groups.mean(dim=1, keepdim=True), groups.std(dim=1, keepdim=True)
    return (groups - mean).reshape(-1)
