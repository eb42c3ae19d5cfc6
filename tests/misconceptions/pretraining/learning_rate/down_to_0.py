"""The cosine goes down to 0; it goes down to the floor."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return peak / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))
