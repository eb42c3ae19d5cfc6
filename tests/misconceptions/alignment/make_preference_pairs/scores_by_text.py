"""A later prompt overwrites a score: it is kept by the words alone, without the prompt."""


def make_preference_pairs(prompts, responses, score):
    if len(prompts) != len(responses):
        raise ValueError("as many prompts as lists of responses, please")
    scores = {}
    for prompt, candidates in zip(prompts, responses, strict=True):
        for response in candidates:
            scores[response] = score(prompt, response)
    return [
        {"prompt": prompt, "chosen": a, "rejected": b}
        for prompt, candidates in zip(prompts, responses, strict=True)
        for a in candidates
        for b in candidates
        if scores[a] > scores[b]
    ]
