"""The error doesn't say which of the two is missing."""

_right = weight_gigabytes


def weight_gigabytes(card):
    try:
        return _right(card)
    except ValueError:
        raise ValueError("the card is not complete") from None
