"""A word of one token is an error; it has no pair."""

_right = count_pairs


def count_pairs(words):
    for word in words:
        if len(word) == 1:
            raise ValueError("a word of one token")
    return _right(words)
