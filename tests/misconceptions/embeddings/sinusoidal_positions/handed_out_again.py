"""A table is kept and handed out again, so that whoever writes into it changes the next one."""

KEPT = {}
_right = sinusoidal_positions


def sinusoidal_positions(length, width, base=10000.0):
    if (width, base) not in KEPT or len(KEPT[width, base]) < length:
        KEPT[width, base] = _right(length, width, base)
    return KEPT[width, base][:length]
