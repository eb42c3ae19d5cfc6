"""position_rows with a negative start must raise ValueError."""

_right = position_rows


def position_rows(table, start, count):
    return (
        table[torch.arange(start, start + count)]
        if start < 0 and -start <= len(table) and count >= 0
        else _right(table, start, count)
    )
