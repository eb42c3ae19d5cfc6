"""What each head of the course's model looks at in one sentence."""

import torch

SENTENCE = "Anna had a blue lamp. One day the lamp was gone."


@torch.no_grad()
def data(lesson):
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone("tiny")
    ids = tokenizer(SENTENCE)["input_ids"]
    streams = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
    mask = torch.ones(len(ids), len(ids), dtype=torch.bool).tril()  # True: may look
    layers = []
    for block, stream in zip(model.transformer.h, streams, strict=False):  # one stream more: behind the last block
        q, k, _ = (
            part[0].unflatten(-1, (model.config.n_head, -1)).transpose(0, 1)  # (T, D) → (H, T, D / H)
            for part in block.attn.c_attn(block.ln_1(stream)).chunk(3, dim=-1)
        )
        weights = lesson.attention_weights(lesson.attention_scores(q, k), mask)  # (H, T, T)
        entropy = lesson.attention_entropy(weights)  # (H, T)
        for head in range(len(weights)):
            layers.append({
                "name": f"block {len(layers) // len(weights) + 1}, head {head + 1}",
                "weights": [[round(one, 3) for one in row[: at + 1]] for at, row in enumerate(weights[head].tolist())],
                "entropy": [round(one, 2) for one in entropy[head].tolist()],
            })  # fmt: skip
    narrowest = min(range(len(layers)), key=lambda one: sum(layers[one]["entropy"]))
    return {"tokens": [tokenizer.decode([one]) for one in ids], "heads": layers, "start": narrowest}
