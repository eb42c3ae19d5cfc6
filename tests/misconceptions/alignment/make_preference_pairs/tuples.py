"""It must return a list of dicts with exactly prompt, chosen and rejected."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        scores = [score(prompt, response) for response in candidates]
        for a in range(len(candidates)):
            for b in range(len(candidates)):
                if scores[a] > scores[b]:
                    pairs.append((prompt, candidates[a], candidates[b]))
    return pairs
