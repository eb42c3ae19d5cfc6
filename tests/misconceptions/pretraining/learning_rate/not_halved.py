"""Half of the height is missing: the wave is (1 + cos) / 2."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return floor + (peak - floor) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))
