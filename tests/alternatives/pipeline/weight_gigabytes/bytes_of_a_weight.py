"""Bytes of a weight times billions of weights; the message is joined from what is missing."""


def weight_gigabytes(card):
    n, bits = card["parameters"], card["bits"]
    if n is None or bits is None:
        raise ValueError(
            " ".join([*(["parameters"] if n is None else []), *(["bits"] if bits is None else [])])
            + " missing on the card"
        )
    return n / 1e9 * (bits / 8)
