"""position_rows past the end of the table must raise ValueError."""


def position_rows(table, start, count):
    if start < 0 or count < 0:
        raise ValueError(f"start={start} and count={count}")
    return table[start : start + count]
