"""Products of the betas in place of a count, through .data, with other tensor operations."""


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    gradient = gradient.detach()
    mean = state.get("m", torch.zeros_like(gradient))
    square = state.get("v", torch.zeros_like(gradient))
    calls = state.get("calls", 0) + 1
    mean = betas[0] * mean + (1 - betas[0]) * gradient
    square = torch.addcmul(betas[1] * square, gradient, gradient, value=1 - betas[1])
    state.update(m=mean, v=square, calls=calls)
    root = square.sqrt() / math.sqrt(1 - betas[1] ** calls)
    old = parameter.detach().clone()
    parameter.data -= lr * weight_decay * old
    parameter.data.addcdiv_(mean, root + eps, value=-lr / (1 - betas[0] ** calls))
