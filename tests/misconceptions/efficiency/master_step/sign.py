"""Only the sign of the gradient counts; the step is lr · gradient."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.float().sign()
                weight.copy_(master)
