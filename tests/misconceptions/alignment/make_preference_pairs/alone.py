"""A response that stands alone is made into a pair; there is nothing to compare it with."""

_right = make_preference_pairs


def make_preference_pairs(prompts, responses, score):
    pairs = _right(prompts, responses, score)
    for prompt, candidates in zip(prompts, responses, strict=True):
        if len(candidates) == 1:
            pairs.append({"prompt": prompt, "chosen": candidates[0], "rejected": ""})
    return pairs
