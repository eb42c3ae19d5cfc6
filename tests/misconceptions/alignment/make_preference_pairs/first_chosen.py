"""The first response of every two is taken as chosen, whatever the scores."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        [score(prompt, response) for response in candidates]
        for a in range(len(candidates)):
            for b in range(len(candidates)):
                if a < b:
                    pairs.append({"prompt": prompt, "chosen": candidates[a], "rejected": candidates[b]})
    return pairs
