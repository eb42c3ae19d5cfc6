"""Gradients that were there before are divided by the number of tokens too."""


def accumulate_gradients(model, micro_batches):
    total, tokens = 0.0, 0
    for piece in micro_batches:
        count = int((piece["labels"][:, 1:] != IGNORE_INDEX).sum())
        logits = model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits
        loss = sft_loss(logits, piece["labels"]) * count
        loss.backward()
        total += loss.item()
        tokens += count
    if tokens == 0:
        return 0.0
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad /= tokens
    return total / tokens
