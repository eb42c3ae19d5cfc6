"""A base model gives no replies that could be judged: first SFT, then alignment."""

_right = choose_method


def choose_method(need):
    return _right({**need, "start": "instruct"} if need["start"] == "base" else need)
