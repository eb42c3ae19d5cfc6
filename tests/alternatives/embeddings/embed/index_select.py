"""index_select on the flattened ids; a subclass of IndexError."""


class NoRow(IndexError):
    pass


def embed(ids, table):
    flat = ids.reshape(-1)
    bad = torch.logical_or(flat < 0, flat > len(table) - 1).nonzero().flatten()
    if len(bad):
        raise NoRow(f"no row for id {flat[bad[-1]]}")
    return (
        table.index_select(0, flat).reshape(*ids.shape, -1)
        if len(flat)
        else table.new_zeros(*ids.shape, table.shape[1])
    )
