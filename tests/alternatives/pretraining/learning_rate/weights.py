"""A weight between the two, first for the warmup."""


def learning_rate(step, peak, floor, warmup, total):
    if warmup > step:
        return (1 + step) * peak / warmup
    if step < total:
        weight = 0.5 * math.cos((step - warmup) * math.pi / (total - warmup)) + 0.5
        return weight * peak + (1 - weight) * floor
    return float(floor)
