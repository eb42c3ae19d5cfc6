"""Of overlapping pairs only one is counted; (a, a, a) has (a, a) twice."""


def count_pairs(words):
    pairs = {}
    for word, count in words.items():
        index, counted = 0, None
        while index < len(word) - 1:
            pair = word[index], word[index + 1]
            if counted == (pair, index - 1):
                counted = None
            else:
                pairs[pair] = pairs.get(pair, 0) + count
                counted = (pair, index)
            index += 1
    return pairs
