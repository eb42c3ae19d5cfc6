"""The steps of the warmup are left in the number by which the cosine's angle is divided."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * (step - warmup) / total))
