"""It rounds what it gives."""


def fertility(text, encode):
    if not text.split():
        raise ValueError("there is no word in the text")
    words, size, ids = len(text.split()), len(text.encode()), len(encode(text))
    return {"tokens_per_word": round(ids / words, 1), "bytes_per_token": round(size / ids, 1)}
