"""Step 0 has the rate 0, and does nothing: the warmup is one step late."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * step / warmup
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
