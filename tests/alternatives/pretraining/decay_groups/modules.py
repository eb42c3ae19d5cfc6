"""Module by module, with a memory of what was seen."""


def decay_groups(model, weight_decay):
    groups = {True: [], False: []}
    seen = set()
    for module in model.modules():
        for parameter in module._parameters.values():
            if parameter is None or parameter in seen or not parameter.requires_grad:
                continue
            seen.add(parameter)
            groups[len(parameter.shape) >= 2].append(parameter)
    return [
        {"params": groups[True], "weight_decay": weight_decay},
        {"params": groups[False], "weight_decay": 0.0},
    ]
