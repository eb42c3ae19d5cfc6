"""Counts words by grouping characters, and takes ids as any sequence, without a second call."""

from itertools import groupby


def fertility(text, encode):
    words = sum(not blank for blank, _ in groupby(text, key=str.isspace))
    if words == 0:
        raise ValueError("the text has no word in it")
    n = len(list(encode(text)))
    return dict(bytes_per_token=len(bytes(text, "utf-8")) / n, tokens_per_word=n / words)
