"""The masters are read back from the rounded weights, so what was rounded off is lost."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.float()
                weight.copy_(master)
                master.copy_(weight)
