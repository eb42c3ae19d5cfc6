"""A rate must be a plain float, not a tensor or a whole number."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    progress = torch.tensor((step - warmup) / (total - warmup))
    return floor + (peak - floor) / 2 * (1 + torch.cos(torch.pi * progress))
