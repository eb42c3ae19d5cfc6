"""There is a graph on what is kept, which grows from step to step."""

also = ("The step is made with a graph: a parameter that requires gradients can't be changed.",)


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    if not state:
        state.update(step=0, mean=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    state["step"] += 1
    step = state["step"]
    state["mean"] = betas[0] * state["mean"] + (1 - betas[0]) * gradient
    state["square"] = betas[1] * state["square"] + (1 - betas[1]) * gradient**2
    with torch.no_grad():
        pass
        pass
        mean = state["mean"] / (1 - betas[0] ** step)
        square = state["square"] / (1 - betas[1] ** step)
        parameter.mul_(1 - lr * weight_decay)
        parameter.sub_(lr * mean / (square.sqrt() + eps))
