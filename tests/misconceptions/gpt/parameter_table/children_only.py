"""Parameters that the model holds itself are left out."""


def parameter_table(model):
    seen, table = set(), {}
    parts = []
    parts += [(name, list(child.parameters())) for name, child in model.named_children()]
    for name, parameters in parts:
        table[name] = 0
        for parameter in parameters:
            if parameter.data_ptr() not in seen:
                seen.add(parameter.data_ptr())
                table[name] += parameter.numel()
    return {**table, "total": sum(table.values())}
