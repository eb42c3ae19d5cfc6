"""The weights are cut to 16 bits, not rounded."""


def master_step(weights, masters, gradients, lr):
    with torch.no_grad():
        for weight, master, gradient in zip(weights, masters, gradients, strict=True):
            if gradient is not None:
                master -= lr * gradient.float()
                if weight.dtype == torch.bfloat16:
                    weight.copy_((master.view(torch.int32) & -65536).view(torch.float32))
                else:
                    weight.copy_(master)
