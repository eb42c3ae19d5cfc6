"""Among the trainable ones, a parameter that is used in two places is counted twice."""


def count_parameters(module):
    total = sum(parameter.numel() for parameter in module.parameters())
    parts = [parameter for part in module.modules() for parameter in part.parameters(recurse=False)]
    return total, sum(parameter.numel() for parameter in parts if parameter.requires_grad)
