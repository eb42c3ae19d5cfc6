"""Parameters of the same shape share what is kept; each has a state of its own."""

also = ("The state is still empty after a call: what is kept stands elsewhere.",)

_states = {}


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    state = _states.setdefault(parameter.shape, {})
    if not state:
        state.update(step=0, mean=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    state["step"] += 1
    step = state["step"]
    with torch.no_grad():
        state["mean"].mul_(betas[0]).add_((1 - betas[0]) * gradient)
        state["square"].mul_(betas[1]).add_((1 - betas[1]) * gradient**2)
        mean = state["mean"] / (1 - betas[0] ** step)
        square = state["square"] / (1 - betas[1] ** step)
        parameter.mul_(1 - lr * weight_decay)
        parameter.sub_(lr * mean / (square.sqrt() + eps))
