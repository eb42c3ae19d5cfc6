"""The warmup is no straight line."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak / 2 * (1 - math.cos(math.pi * (step + 1) / warmup))
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
