"""What is shared inside one part is counted twice."""


def parameter_table(model):
    seen, table = set(), {}
    parts = [(name, [one]) for name, one in model.named_parameters(recurse=False)]
    parts += [
        (name, [one for _, one in child.named_parameters(remove_duplicate=False)])
        for name, child in model.named_children()
    ]
    for name, parameters in parts:
        table[name] = 0
        table[name] = sum(one.numel() for one in parameters if one.data_ptr() not in seen)
        seen |= {one.data_ptr() for one in parameters}
    return {**table, "total": sum(table.values())}
