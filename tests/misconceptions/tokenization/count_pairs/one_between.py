"""It counts tokens that have another one between them."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in zip(word, word[2:], strict=False):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
