"""It gives how many are frozen, not how many are trainable."""


def count_parameters(module):
    total = sum(p.numel() for p in module.parameters())
    return total, sum(p.numel() for p in module.parameters() if not p.requires_grad)
