"""A score of 0 is taken for no score: such a response is in no pair."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        scored = [(response, score(prompt, response)) for response in candidates]
        scored = [(response, found) for response, found in scored if found]
        for better, high in scored:
            for worse, low in scored:
                if high > low:
                    pairs.append({"prompt": prompt, "chosen": better, "rejected": worse})
    return pairs
