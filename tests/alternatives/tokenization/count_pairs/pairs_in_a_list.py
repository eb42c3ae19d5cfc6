"""Writes every pair down as often as it occurs."""


def count_pairs(words):
    counts = {}
    for word in words:
        for left in range(len(word) - 1):
            counts.setdefault((word[left], word[left + 1]), []).append(words[word])
    return {pair: sum(found) for pair, found in counts.items()}
