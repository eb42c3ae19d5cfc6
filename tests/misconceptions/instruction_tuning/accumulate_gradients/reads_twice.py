"""A generator can be read only once: after counting, no piece is left."""


def accumulate_gradients(model, micro_batches):
    total = sum(int((piece["labels"][:, 1:] != IGNORE_INDEX).sum()) for piece in micro_batches)
    loss = 0.0
    for piece in micro_batches:
        count = int((piece["labels"][:, 1:] != IGNORE_INDEX).sum())
        one = sft_loss(
            model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits, piece["labels"]
        )
        (one * count / max(total, 1)).backward()
        loss += one.item() * count / max(total, 1)
    return loss
