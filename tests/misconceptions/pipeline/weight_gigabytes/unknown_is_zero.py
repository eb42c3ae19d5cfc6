"""weight_gigabytes without parameters must raise ValueError."""


def weight_gigabytes(card):
    return (card["parameters"] or 0) * (card["bits"] or 0) / 8e9
