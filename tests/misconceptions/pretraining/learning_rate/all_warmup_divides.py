"""Where the warmup takes all steps it divides by 0."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup

    progress = min(1.0, (step - warmup) / (total - warmup))
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
