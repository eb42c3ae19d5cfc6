"""Pairs reach from one word into the next."""


def count_pairs(words):
    pairs, last = {}, None
    for word, count in words.items():
        if last is not None:
            pairs[last, word[0]] = pairs.get((last, word[0]), 0) + 1
        for pair in zip(word, word[1:], strict=False):
            pairs[pair] = pairs.get(pair, 0) + count
        last = word[-1]
    return pairs
