"""It gives the joined tokens instead of the pairs."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in [left + right for left, right in zip(word, word[1:], strict=False)]:
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
