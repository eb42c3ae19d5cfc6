"""The judge is asked about a response that does not belong to the prompt."""


def make_preference_pairs(prompts, responses, score):
    pairs = []
    everything = [response for candidates in responses for response in candidates]
    for prompt, _ in zip(prompts, responses, strict=True):
        scores = [score(prompt, response) for response in everything]
        for a, first in enumerate(everything):
            for b, second in enumerate(everything):
                if scores[a] > scores[b]:
                    pairs.append({"prompt": prompt, "chosen": first, "rejected": second})
    return pairs
