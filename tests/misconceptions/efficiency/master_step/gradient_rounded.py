"""The gradient is rounded to the weight's 16 bits before the step."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.to(weight.dtype).float()
                weight.copy_(master)
