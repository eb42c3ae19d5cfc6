"""PyTorch's own gradient descent on the masters."""


def master_step(weights, masters, gradients, lr):
    for weight, master, gradient in zip(weights, masters, gradients, strict=True):
        if gradient is None:
            continue
        parameter = torch.nn.Parameter(master.clone())
        parameter.grad = gradient.detach().to(torch.float32)
        torch.optim.SGD([parameter], lr=lr).step()
        master.copy_(parameter.detach())
        weight.data = parameter.detach().to(weight.dtype)
