"""The number of a call stays 1: it isn't kept."""


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    if not state:
        state.update(step=0, mean=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    step = state["step"] + 1
    with torch.no_grad():
        state["mean"].mul_(betas[0]).add_((1 - betas[0]) * gradient)
        state["square"].mul_(betas[1]).add_((1 - betas[1]) * gradient**2)
        mean = state["mean"] / (1 - betas[0] ** step)
        square = state["square"] / (1 - betas[1] ** step)
        parameter.mul_(1 - lr * weight_decay)
        parameter.sub_(lr * mean / (square.sqrt() + eps))
