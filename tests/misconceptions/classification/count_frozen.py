"""It gives how many are frozen, not how many are trainable."""

exercise = "count_parameters"


def count_parameters(module):
    total = sum(p.numel() for p in module.parameters())
    return total, sum(p.numel() for p in module.parameters() if not p.requires_grad)
