"""Sinusoidal positions, and the dot product of each two of them."""

LENGTH, WIDTH = 64, 32


def data(lesson):
    table = lesson.sinusoidal_positions(LENGTH, WIDTH)  # (T, D)
    return {
        "table": [[round(one, 2) for one in row] for row in table.tolist()],
        "dots": [[round(one, 2) for one in row] for row in (table @ table.T).tolist()],
    }
