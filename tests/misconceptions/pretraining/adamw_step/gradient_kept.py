"""What is kept is the gradient itself, which the caller overwrites."""


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    # the first mean is the gradient itself, and is given its share only where it is used
    gradient = gradient.detach()
    step = state["step"] = state.get("step", 0) + 1
    if step == 1:
        state["square"] = (1 - betas[1]) * gradient**2
        state["mean"], state["share"] = gradient, 1 - betas[0]
    else:
        state["mean"] = betas[0] * state["share"] * state["mean"] + (1 - betas[0]) * gradient
        state["square"] = betas[1] * state["square"] + (1 - betas[1]) * gradient**2
        state["share"] = 1.0
    mean = state["share"] * state["mean"] / (1 - betas[0] ** step)
    square = state["square"] / (1 - betas[1] ** step)
    parameter.data.mul_(1 - lr * weight_decay)
    parameter.data.sub_(lr * mean / (square.sqrt() + eps))
