"""Buffers are counted; they are no parameters."""


def parameter_table(model):
    table = {name: 0 for name, _ in [*model.named_parameters(recurse=False), *model.named_children()]}
    for name, tensor in model.state_dict().items():
        part = name.split(".")[0]
        table[part] = table.get(part, 0) + tensor.numel()
    return {**table, "total": sum(table.values())}
