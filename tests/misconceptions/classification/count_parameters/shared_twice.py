"""A parameter that is used in two places is counted twice."""


def count_parameters(module):
    found = [p for _, p in module.named_parameters(remove_duplicate=False)]
    return sum(p.numel() for p in found), sum(p.numel() for p in found if p.requires_grad)
