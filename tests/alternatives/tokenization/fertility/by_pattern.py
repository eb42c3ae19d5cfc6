"""Counts words with a regular expression."""


def fertility(text, encode):
    words = sum(1 for _ in regex.finditer(r"[^\s\x1c-\x1f]+", text))
    if not words:
        raise ValueError("the text has no words")
    tokens = len(list(encode(text)))
    return dict(tokens_per_word=tokens / words, bytes_per_token=len(bytes(text, "utf-8")) / tokens)
