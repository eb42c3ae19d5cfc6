"""The cosine goes through a whole wave; half of one is asked for."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return floor + (peak - floor) / 2 * (1 + math.cos(2 * math.pi * (step - warmup) / (total - warmup)))
