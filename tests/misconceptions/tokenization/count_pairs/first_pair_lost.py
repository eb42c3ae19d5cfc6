"""It leaves out the first pair of each word."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in list(zip(word, word[1:], strict=False))[1:]:
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
