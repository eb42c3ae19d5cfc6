"""The last token of a word makes a pair with its first."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in zip(word, (*word[1:], word[0]), strict=False):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs
