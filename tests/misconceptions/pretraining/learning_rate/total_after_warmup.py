"""`total` is counted from the end of the warmup; the warmup is part of it."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup

    if step >= warmup + total:
        return floor
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * (step - warmup) / total))
