"""What a part's own parts hold is left out."""

also = ("Tensors are counted; each has many numbers.",)


def parameter_table(model):
    seen, table = set(), {}
    parts = [(name, [one]) for name, one in model.named_parameters(recurse=False)]
    parts += [(name, list(child.parameters(recurse=False))) for name, child in model.named_children()]
    for name, parameters in parts:
        table[name] = 0
        for parameter in parameters:
            if parameter.data_ptr() not in seen:
                seen.add(parameter.data_ptr())
                table[name] += parameter.numel()
    return {**table, "total": sum(table.values())}
