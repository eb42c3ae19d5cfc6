"""Named parameters with repetitions, collected by identity."""


def count_parameters(module):
    found = {id(parameter): parameter for _, parameter in module.named_parameters(remove_duplicate=False)}
    total = trainable = 0
    for parameter in found.values():
        total += math.prod(parameter.shape)
        trainable += math.prod(parameter.shape) if parameter.requires_grad else 0
    return total, trainable
