"""The step leaves a graph behind: it belongs under torch.no_grad()."""

_right = master_step


def master_step(weights, masters, gradients, lr):
    _right(weights, masters, gradients, lr)
    for master in masters:
        master.requires_grad_()
