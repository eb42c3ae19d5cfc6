"""The first response is taken as chosen wherever the scores differ."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        scores = [score(prompt, response) for response in candidates]
        for a in range(len(candidates)):
            for b in range(len(candidates)):
                if a < b and scores[a] != scores[b]:
                    pairs.append({"prompt": prompt, "chosen": candidates[a], "rejected": candidates[b]})
    return pairs
