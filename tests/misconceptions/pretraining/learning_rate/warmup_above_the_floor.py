"""No rate of the warmup is below the floor; there it may be."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return max(floor, peak * (step + 1) / warmup)
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
