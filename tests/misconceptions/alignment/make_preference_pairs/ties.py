"""A tie is made into a pair; equal scores say nothing about which is preferred."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        scores = [score(prompt, response) for response in candidates]
        for a in range(len(candidates)):
            for b in range(len(candidates)):
                if scores[a] > scores[b] or (scores[a] == scores[b] and a < b):
                    pairs.append({"prompt": prompt, "chosen": candidates[a], "rejected": candidates[b]})
    return pairs
