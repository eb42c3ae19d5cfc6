"""All at once, with the functions for lists."""


@torch.no_grad()
def master_step(weights, masters, gradients, lr):
    present = [at for at, gradient in enumerate(gradients) if gradient is not None]
    if present:
        torch._foreach_add_([masters[at] for at in present], [gradients[at].float() for at in present], alpha=-lr)
        torch._foreach_copy_([weights[at] for at in present], [masters[at] for at in present])
