"""It gives (trainable, total); total comes first."""


def count_parameters(module):
    total = sum(p.numel() for p in module.parameters())
    return sum(p.numel() for p in module.parameters() if p.requires_grad), total
