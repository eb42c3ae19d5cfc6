"""It counts pairs of tokens that are no neighbours, too."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in [(left, right) for at, left in enumerate(word) for right in word[at + 1 :]]:
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
