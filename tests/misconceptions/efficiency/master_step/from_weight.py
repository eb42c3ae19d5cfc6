"""The masters start from the rounded weights; they start from what they were."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master.copy_(weight.float() - lr * gradient.float())
                weight.copy_(master)
