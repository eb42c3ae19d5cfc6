"""The step leaves a graph behind: it belongs under torch.no_grad()."""

_right = master_step


def master_step(weights, masters, gradients, lr):
    for weight in weights:
        weight.requires_grad_(False)
    _right(weights, masters, gradients, lr)
