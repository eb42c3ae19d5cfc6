"""Only the last piece is left in the gradients."""

also = ("Gradients that were there before are zeroed; accumulating adds to them.",)  # with each piece


def accumulate_gradients(model, micro_batches):
    pieces = list(micro_batches)
    counts = [int((piece["labels"][:, 1:] != IGNORE_INDEX).sum()) for piece in pieces]
    total = 0.0
    for piece, count in zip(pieces, counts, strict=False):
        weight = count / max(sum(counts), 1)
        loss = sft_loss(
            model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits, piece["labels"]
        )
        model.zero_grad()
        (loss * weight).backward()
        total += loss.item() * count / max(sum(counts), 1)
    return total
