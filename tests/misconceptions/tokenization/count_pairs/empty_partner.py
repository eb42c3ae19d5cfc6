"""A word of one token makes a pair with nothing."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in zip(word, word[1:] or (b"",), strict=False):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
