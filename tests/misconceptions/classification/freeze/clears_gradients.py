"""freeze clears gradients; it must set requires_grad and nothing else."""


def freeze(module):
    for parameter in module.parameters():
        parameter.requires_grad = False
        parameter.grad = None
