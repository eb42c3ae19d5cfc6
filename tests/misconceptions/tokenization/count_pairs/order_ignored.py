"""It takes (a, b) and (b, a) for the same pair."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in zip(word, word[1:], strict=False):
            pairs[tuple(sorted(pair))] = pairs.get(tuple(sorted(pair)), 0) + count
    return pairs
