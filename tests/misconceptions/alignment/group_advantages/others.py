"""Each response is compared with the mean of the others, itself left out."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    if group_size == 1:
        return torch.zeros_like(rewards)
    groups = rewards.detach().reshape(-1, group_size)
    _mean, spread = groups.mean(dim=1, keepdim=True), groups.std(dim=1, keepdim=True)
    equal = groups.amax(dim=1, keepdim=True) == groups.amin(dim=1, keepdim=True)
    others = (groups.sum(dim=1, keepdim=True) - groups) / (group_size - 1)
    return ((groups - others) / spread.masked_fill(equal, 1.0)).reshape(-1)
