"""freeze switches modules between train and eval mode."""


def freeze(module):
    module.requires_grad_(False)
    module.eval()
