"""The floor is added on top: the cosine begins above the peak."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return floor + peak / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))
