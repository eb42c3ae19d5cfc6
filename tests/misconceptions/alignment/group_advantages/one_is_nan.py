"""A group of one gives NaN: its standard deviation with n - 1 does not exist; it has nothing to teach."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    groups = rewards.detach().reshape(-1, group_size)
    return ((groups - groups.mean(dim=1, keepdim=True)) / (groups.std(dim=1, keepdim=True) + 1e-5)).reshape(-1)
