"""Weights that require a gradient are an error: the step belongs under torch.no_grad()."""


def master_step(weights, masters, gradients, lr):
    for weight, master, gradient in zip(weights, masters, gradients, strict=True):
        if gradient is not None:
            master -= lr * gradient.detach().float()
            weight.copy_(master)
