"""Asks embed for the rows and makes a ValueError of its IndexError."""

import torch


def position_rows(table, start, count):
    if min(start, count) < 0:
        raise ValueError(f"negative: start {start}, count {count}")
    if start > table.shape[0]:
        raise ValueError(f"start {start}, count {count}: the table has {table.shape[0]} rows")
    try:
        return embed(torch.arange(start, start + count, device=table.device), table)
    except IndexError as error:
        raise ValueError(f"start {start}, count {count}: the table has {table.shape[0]} rows") from error
