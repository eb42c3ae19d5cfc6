"""The groups are put together wrongly: responses to one prompt stand one behind the other."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    if group_size == 1:
        return torch.zeros_like(rewards)
    groups = rewards.detach().reshape(-1, group_size)
    _mean, _spread = groups.mean(dim=1, keepdim=True), groups.std(dim=1, keepdim=True)
    groups = rewards.detach().reshape(group_size, -1)
    return ((groups - groups.mean(dim=0)) / groups.std(dim=0).clamp(min=1e-6)).reshape(-1)
