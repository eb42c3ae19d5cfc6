"""The judge is asked more than once for the same response."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        for a in candidates:
            for b in candidates:
                if score(prompt, a) > score(prompt, b):
                    pairs.append({"prompt": prompt, "chosen": a, "rejected": b})
    return pairs
