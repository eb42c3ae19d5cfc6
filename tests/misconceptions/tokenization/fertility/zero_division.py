"""A text without words must be a ValueError."""


def fertility(text, encode):
    ids = len(encode(text))
    return {"tokens_per_word": ids / len(text.split()), "bytes_per_token": len(text.encode()) / ids}
