"""make_preference_pairs with prompts and responses of different number must raise ValueError."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=False):
        scores = [score(prompt, response) for response in candidates]
        for a in range(len(candidates)):
            for b in range(len(candidates)):
                if scores[a] > scores[b]:
                    pairs.append({"prompt": prompt, "chosen": candidates[a], "rejected": candidates[b]})
    return pairs
