"""There is no warmup."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
