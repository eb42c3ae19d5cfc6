"""All ordered pairs from itertools.permutations, prompts from the last to the first, keys in another order."""

from itertools import permutations


def make_preference_pairs(prompts, responses, score):
    if len(prompts) != len(responses):
        raise ValueError("as many prompts as lists of responses, please")
    judged = [[(score(p, text), text) for text in texts] for p, texts in zip(prompts, responses, strict=True)]
    return [
        dict(rejected=b[1], chosen=a[1], prompt=p)
        for p, row in reversed(list(zip(prompts, judged, strict=True)))
        for a, b in permutations(row, 2)
        if a[0] > b[0]
    ]
