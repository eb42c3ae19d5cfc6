"""After `total` the rate is the peak; it is the floor."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup

    if step >= total:
        return peak
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
