"""It divides by the range instead of the standard deviation."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    if group_size == 1:
        return torch.zeros_like(rewards)
    groups = rewards.detach().reshape(-1, group_size)
    mean, _spread = groups.mean(dim=1, keepdim=True), groups.std(dim=1, keepdim=True)
    equal = groups.amax(dim=1, keepdim=True) == groups.amin(dim=1, keepdim=True)
    gap = groups.amax(dim=1, keepdim=True) - groups.amin(dim=1, keepdim=True)
    return ((groups - mean) / gap.clamp(min=1e-6)).masked_fill(equal, 0.0).reshape(-1)
