"""Buffers are counted; they are no parameters."""

also = ("What is shared is counted for each part that has it; it counts once.",)


def parameter_table(model):
    table = {name: 0 for name, _ in [*model.named_parameters(recurse=False), *model.named_children()]}
    for name, tensor in model.state_dict().items():
        part = name.split(".")[0]
        if part in table:
            table[part] += tensor.numel()
    return {**table, "total": sum(table.values())}
