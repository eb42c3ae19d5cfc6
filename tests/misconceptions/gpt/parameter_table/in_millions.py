"""The total is given in another unit; it is the sum of the others."""


def parameter_table(model):
    seen, table = set(), {}
    parts = [(name, [one]) for name, one in model.named_parameters(recurse=False)]
    parts += [(name, list(child.parameters())) for name, child in model.named_children()]
    for name, parameters in parts:
        table[name] = 0
        for parameter in parameters:
            if parameter.data_ptr() not in seen:
                seen.add(parameter.data_ptr())
                table[name] += parameter.numel()
    return {**table, "total": round(sum(table.values()) / 1e6, 1)}
