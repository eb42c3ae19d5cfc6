"""The last step of the warmup is not at the peak: it divides by warmup + 1."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
