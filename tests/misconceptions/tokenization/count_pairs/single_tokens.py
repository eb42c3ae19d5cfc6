"""It counts single tokens, not pairs."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in word:
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
