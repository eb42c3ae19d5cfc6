"""Parameters of the same shape are taken for shared; those that share their memory are."""


def parameter_table(model):
    seen, table = set(), {}
    parts = [(name, [one]) for name, one in model.named_parameters(recurse=False)]
    parts += [(name, list(child.parameters())) for name, child in model.named_children()]
    for name, parameters in parts:
        table[name] = 0
        for parameter in parameters:
            if parameter.shape not in seen:
                seen.add(parameter.shape)
                table[name] += parameter.numel()
    return {**table, "total": sum(table.values())}
