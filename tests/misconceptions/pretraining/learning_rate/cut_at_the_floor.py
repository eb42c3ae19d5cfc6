"""The cosine goes down to 0 and is cut off at the floor; it goes down to the floor."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return max(floor, peak / 2 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))))
