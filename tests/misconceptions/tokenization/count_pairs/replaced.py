"""The count of a later word replaces that of an earlier one; they add up."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        for pair in zip(word, word[1:], strict=False):
            pairs[pair] = count
    return pairs
