"""What temperature and top-p leave of the course's model's guesses, at every place of the two sliders."""

import torch

PROMPT = "Leo has four"
SHOWN = 10
TEMPERATURES = [step / 10 for step in range(31)]
P = [step / 20 for step in range(21)]


@torch.no_grad()
def data(lesson):
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone("tiny")
    logits = model(torch.tensor([tokenizer(PROMPT)["input_ids"]])).logits[0, -1]  # (V,)
    order = logits.argsort(descending=True)
    logits = logits[order]
    at = []
    for temperature in TEMPERATURES:
        probs = lesson.temper(logits, temperature)
        cuts = [lesson.keep_top_p(probs.log(), p) for p in P]
        kept = [int((cut > -float("inf")).sum()) for cut in cuts]
        at.append({
            "probs": [round(one, 4) for one in probs[:SHOWN].tolist()],
            "kept": kept,
            "mass": [round(probs[:number].sum().item(), 4) for number in kept],
        })  # fmt: skip
    return {
        "prompt": PROMPT,
        "tokens": [tokenizer.decode([one]) for one in order[:SHOWN].tolist()],
        "vocabulary": len(logits),
        "temperatures": TEMPERATURES,
        "p": P,
        "at": at,
    }
