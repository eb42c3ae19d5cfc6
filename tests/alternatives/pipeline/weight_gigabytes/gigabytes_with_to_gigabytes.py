"""Bytes are worked out first, then turned into gigabytes; a missing part is found with all()."""


def weight_gigabytes(card):
    known = {part: card.get(part) for part in ("parameters", "bits")}
    if None in known.values():
        raise ValueError(f"not known: {[part for part, value in known.items() if value is None]}")
    n_bytes = known["parameters"] * known["bits"] / 8
    return n_bytes / 10**9
