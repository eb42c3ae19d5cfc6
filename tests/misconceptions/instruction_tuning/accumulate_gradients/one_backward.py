"""The pieces go backward together at the end, so all of their graphs lie in memory at once."""


def accumulate_gradients(model, micro_batches):
    pieces = list(micro_batches)
    counts = [int((piece["labels"][:, 1:] != IGNORE_INDEX).sum()) for piece in pieces]
    total = 0.0
    for piece, count in zip(pieces, counts, strict=True):
        logits = model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits
        total = total + sft_loss(logits, piece["labels"]) * count / max(sum(counts), 1)
    total.backward()
    return total.item()
