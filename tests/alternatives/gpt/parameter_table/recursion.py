"""Recursion over children, with a closure that remembers storages."""


def parameter_table(model):
    known = []

    def fresh(parameter):
        storage = parameter.untyped_storage()
        if any(storage.data_ptr() == other for other in known):
            return 0
        known.append(storage.data_ptr())
        return parameter.numel()

    def count(module):
        own = sum(fresh(one) for one in module._parameters.values() if one is not None)
        return own + sum(count(child) for child in module.children())

    table = {name: fresh(one) for name, one in model._parameters.items()}
    for name, child in model.named_children():
        table[name] = count(child)
    return table | {"total": sum(table.values())}
