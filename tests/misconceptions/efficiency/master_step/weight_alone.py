"""The weights take a step of their own; they are the masters, rounded."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.float()
                weight.copy_(weight.float() - lr * gradient.float())
