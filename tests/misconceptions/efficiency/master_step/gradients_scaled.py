"""The gradients are changed; they are only read."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= gradient.mul_(lr).float()
                weight.copy_(master)
