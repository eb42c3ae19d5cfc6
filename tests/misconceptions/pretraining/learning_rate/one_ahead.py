"""The cosine is one step ahead: the first step after the warmup has the peak."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * (step - warmup + 1) / (total - warmup)))
