"""Number by number, with lists in the state."""


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    numbers = gradient.detach().flatten().tolist()
    t = state.get("t", [0])[0] + 1
    zeros = [0.0] * len(numbers)
    means = [betas[0] * m + (1 - betas[0]) * g for m, g in zip(state.get("m", zeros), numbers, strict=True)]
    squares = [betas[1] * v + (1 - betas[1]) * g * g for v, g in zip(state.get("v", zeros), numbers, strict=True)]
    state["t"], state["m"], state["v"] = [t], means, squares
    new = []
    for p, m, v in zip(parameter.detach().flatten().tolist(), means, squares, strict=True):
        step = m / (1 - betas[0] ** t) / (math.sqrt(v / (1 - betas[1] ** t)) + eps)
        new.append(p - lr * weight_decay * p - lr * step)
    with torch.no_grad():
        parameter.copy_(torch.tensor(new, dtype=parameter.dtype).view_as(parameter))
