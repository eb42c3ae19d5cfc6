"""Only the best and the worst response of a prompt are paired."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        scores = [score(prompt, response) for response in candidates]
        for a in range(len(candidates)):
            for b in range(len(candidates)):
                if scores[a] > scores[b] and a == scores.index(max(scores)) and b == scores.index(min(scores)):
                    pairs.append({"prompt": prompt, "chosen": candidates[a], "rejected": candidates[b]})
    return pairs
