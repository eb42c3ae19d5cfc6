"""No gradient reaches the model."""


def accumulate_gradients(model, micro_batches):
    with torch.no_grad():
        pieces = list(micro_batches)
        counts = [int((piece["labels"][:, 1:] != IGNORE_INDEX).sum()) for piece in pieces]
        losses = [
            sft_loss(
                model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits, piece["labels"]
            )
            for piece in pieces
        ]
        return sum(float(loss) * count for loss, count in zip(losses, counts, strict=False)) / max(sum(counts), 1)
