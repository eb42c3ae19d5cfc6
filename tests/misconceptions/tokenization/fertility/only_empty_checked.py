"""A text without words must be a ValueError."""


def fertility(text, encode):
    if not text:
        raise ValueError("there is no text")
    ids = len(encode(text))
    return {"tokens_per_word": ids / max(1, len(text.split())), "bytes_per_token": len(text.encode()) / ids}
