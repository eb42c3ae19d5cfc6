"""What is there already needs no data."""

_right = choose_method


def choose_method(need):
    if not need["data"]:
        return {"method": "get_data", "reason": "no_such_data"}
    return _right(need)
