"""What is shared is counted for each part that has it; it counts once."""


def parameter_table(model):
    table = {name: parameter.numel() for name, parameter in model.named_parameters(recurse=False)}
    table |= {name: sum(one.numel() for one in set(child.parameters())) for name, child in model.named_children()}
    return {**table, "total": sum(one.numel() for one in model.parameters())}
