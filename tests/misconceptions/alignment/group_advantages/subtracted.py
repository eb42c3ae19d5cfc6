"""In a group whose rewards hardly differ, advantages have the wrong sign or are too large."""


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("group_size must divide the number of rewards")
    groups = rewards.detach().view(-1, group_size)
    if group_size == 1:
        return torch.zeros_like(rewards)
    equal = (groups == groups[:, :1]).all(dim=1, keepdim=True)
    advantages = (groups - groups.mean(dim=1, keepdim=True)) / (groups.std(dim=1, keepdim=True) - 1e-6)
    return advantages.masked_fill(equal, 0.0).flatten()
