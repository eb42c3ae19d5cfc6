"""Pieces are weighted by their real tokens, also those that are not supervised."""


def accumulate_gradients(model, micro_batches):
    pieces = list(micro_batches)
    counts = [int(piece["attention_mask"].sum()) for piece in pieces]
    total = 0.0
    for piece, count in zip(pieces, counts, strict=True):
        logits = model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits
        loss = sft_loss(logits, piece["labels"]) * (count / sum(counts))
        loss.backward()
        total += loss.item()
    return total
