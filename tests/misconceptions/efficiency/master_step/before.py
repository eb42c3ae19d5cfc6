"""The weights are what the masters were before the step."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                weight.copy_(master)
                master -= lr * gradient.float()
