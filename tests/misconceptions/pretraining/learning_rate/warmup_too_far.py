"""The warmup goes on for one step too many, above the peak."""


def learning_rate(step, peak, floor, warmup, total):
    if warmup and step <= warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
