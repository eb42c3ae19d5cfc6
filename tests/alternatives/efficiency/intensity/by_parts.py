"""The parts added up one after the other, with fractions."""


def intensity(m, k, n, bytes_each=2):
    moved = sum(rows * columns for rows, columns in ((m, k), (k, n), (m, n))) * bytes_each
    operations = m * n * (k + k)
    return operations / moved
