"""Buffers are counted, and a parameter that is used in two places is counted twice."""


def count_parameters(module):
    total = sum(tensor.numel() for tensor in module.state_dict().values())
    return total, sum(p.numel() for p in module.parameters() if p.requires_grad)
