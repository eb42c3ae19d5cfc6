"""As verl's GRPO: group by group, with 1e-6 beside the standard deviation."""


@torch.no_grad()
def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError("no whole groups")
    found = torch.empty_like(rewards)
    for start in range(0, len(rewards), group_size):
        group = rewards[start : start + group_size]
        if group_size == 1:
            found[start] = 0
        else:
            found[start : start + group_size] = (group - group.mean()) / (torch.std(group) + 1e-6)
    return found
