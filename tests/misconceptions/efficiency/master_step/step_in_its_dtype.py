"""lr · gradient is computed in 16 bits."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient
                weight.copy_(master)
