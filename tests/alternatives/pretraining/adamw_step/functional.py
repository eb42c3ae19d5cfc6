"""PyTorch's optimizer, made for one step; its state is kept."""


def adamw_step(parameter, gradient, state, lr, betas, eps, weight_decay):
    own = nn.Parameter(parameter.detach())  # shares its memory
    own.grad = gradient.detach().clone()
    optimizer = torch.optim.AdamW([own], lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
    if state:
        optimizer.state[own] = state["adamw"]
    optimizer.step()
    state["adamw"] = optimizer.state[own]
