"""freeze switches modules between train and eval mode."""

exercise = "freeze"


def freeze(module):
    module.requires_grad_(False)
    module.eval()
