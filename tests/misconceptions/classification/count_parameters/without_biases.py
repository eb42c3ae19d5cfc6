"""Biases are not counted."""


def count_parameters(module):
    weights = [p for name, p in module.named_parameters() if "bias" not in name]
    return sum(p.numel() for p in weights), sum(p.numel() for p in weights if p.requires_grad)
