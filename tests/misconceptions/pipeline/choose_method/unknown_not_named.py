"""The error doesn't name what isn't in the lists."""

_right = choose_method


def choose_method(need):
    try:
        return _right(need)
    except ValueError:
        raise ValueError("the need is unknown") from None
