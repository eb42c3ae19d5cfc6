"""A text of less than 1 byte must raise ValueError."""


def bits_per_byte(total_nll, n_bytes):
    return total_nll / math.log(2) / n_bytes
