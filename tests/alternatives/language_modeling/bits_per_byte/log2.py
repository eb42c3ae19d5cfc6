"""log2(e) as the factor."""


def bits_per_byte(total_nll, n_bytes):
    if n_bytes <= 0:
        raise ValueError("an empty text has no bits a byte")
    return float(total_nll * math.log2(math.e) / n_bytes)
