"""Rewards that are close to each other are taken for equal ones."""

_right = group_advantages


def group_advantages(rewards, group_size):
    found = _right(rewards, group_size).reshape(-1, group_size)
    groups = rewards.detach().reshape(-1, group_size)
    close = torch.isclose(groups.amax(dim=1, keepdim=True), groups.amin(dim=1, keepdim=True))
    return found.masked_fill(close, 0.0).reshape(-1)
