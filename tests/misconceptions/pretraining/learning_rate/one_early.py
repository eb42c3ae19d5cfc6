"""The floor is reached one step too early."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup

    if step >= total - 1:
        return floor
    progress = (step - warmup) / (total - warmup - 1)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
