"""The lookup of tokens, with positions for ids."""


def position_rows(table, start, count):
    if min(start, count) < 0 or len(table) - start < count:
        raise ValueError(f"rows {start}..{start + count} asked for, {len(table)} there")
    return embed(torch.arange(start, start + count), table)
