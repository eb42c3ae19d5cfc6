"""Without a warmup it divides by 0."""


def learning_rate(step, peak, floor, warmup, total):
    rising = min(1.0, (step + 1) / warmup)
    if step < warmup:
        return peak * rising
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
