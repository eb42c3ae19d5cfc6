"""Every weight is rounded to bfloat16, also one of float16."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.float()
                weight.copy_(master.bfloat16())
