"""The search stops near the best size: its steps are too coarse."""


def compute_optimal(flops, A, B, alpha, beta):
    logs = [-40 + 150 * step / 1000 for step in range(1001)]
    best = min(logs, key=lambda log: A * math.exp(-alpha * log) + B * math.exp(-beta * (math.log(flops / 6) - log)))
    return math.exp(best), flops / 6 / math.exp(best)
