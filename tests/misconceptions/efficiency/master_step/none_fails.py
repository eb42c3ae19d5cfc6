"""A gradient of None is an error; it is skipped."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            master -= lr * gradient.float()
            weight.copy_(master)
