"""The error says the same whichever of the two is missing."""


def weight_gigabytes(card):
    if card["parameters"] is None or card["bits"] is None:
        raise ValueError("the name doesn't say its parameters or its bits: look them up and put them into the card")
    return card["parameters"] * card["bits"] / 8 / 1e9
