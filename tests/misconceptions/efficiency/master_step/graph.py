"""The step leaves a graph behind: it belongs under torch.no_grad()."""


def master_step(weights, masters, gradients, lr):
    for weight, master, gradient in zip(weights, masters, gradients, strict=True):
        if gradient is not None:
            master -= lr * gradient.float()
            weight.data.copy_(master.detach())
