"""Only weights are frozen; biases and other parameters are still trainable."""


def freeze(module):
    for name, parameter in module.named_parameters():
        if name.endswith("weight"):
            parameter.requires_grad = False
