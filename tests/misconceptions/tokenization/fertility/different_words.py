"""A word that occurs again is counted once."""


def fertility(text, encode):
    if not text.split():
        raise ValueError("there is no word in the text")
    words, size, ids = len(set(text.split())), len(text.encode()), len(encode(text))
    return {"tokens_per_word": ids / words, "bytes_per_token": size / ids}
