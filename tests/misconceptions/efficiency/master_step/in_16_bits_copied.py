"""The step is taken in the weight's 16 bits, where small updates are lost."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                weight -= lr * gradient.to(weight.dtype)
                master.copy_(weight)
