"""Scores go into a numpy array of objects, and one outer comparison gives all pairs at once."""

import numpy as np


def make_preference_pairs(prompts, responses, score):
    if len(prompts) - len(responses):
        raise ValueError(f"as many lists of responses as prompts, please: {len(responses)} and {len(prompts)}")

    def of_one(prompt, texts):
        scores = np.empty(len(texts), dtype=object)
        for place in reversed(range(len(texts))):
            scores[place] = score(prompt, texts[place])
        higher = np.greater.outer(scores, scores).astype(bool)
        for i, j in zip(*np.nonzero(higher), strict=False):
            yield dict(rejected=texts[j], chosen=texts[i], prompt=prompt)

    return sum((list(of_one(*both)) for both in zip(prompts, responses, strict=False)), start=[])
