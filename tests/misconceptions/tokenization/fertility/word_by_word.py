"""The encoder is not asked for the whole text at once."""


def fertility(text, encode):
    if not text.split():
        raise ValueError("there is no word in the text")
    words, size, ids = len(text.split()), len(text.encode()), sum(len(encode(word)) for word in text.split())
    return {"tokens_per_word": ids / words, "bytes_per_token": size / ids}
