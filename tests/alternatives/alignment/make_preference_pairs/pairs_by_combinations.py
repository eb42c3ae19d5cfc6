"""itertools.combinations over responses sorted by score."""


def make_preference_pairs(prompts, responses, score):
    from itertools import combinations

    if len(prompts) != len(responses):
        raise ValueError(f"{len(prompts)} prompts and {len(responses)} lists of responses")
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=False):
        ranked = sorted(((score(prompt, text), text) for text in candidates), key=lambda one: -one[0])
        for (better, chosen), (worse, rejected) in combinations(ranked, 2):
            if better != worse:
                pairs.append(dict(prompt=prompt, chosen=chosen, rejected=rejected))
    return pairs
