"""The loss returned is that of the last piece."""

_right = accumulate_gradients


def accumulate_gradients(model, micro_batches):
    pieces = list(micro_batches)
    _right(model, pieces)
    one = pieces[-1]
    with torch.no_grad():
        return float(
            sft_loss(model(input_ids=one["input_ids"], attention_mask=one["attention_mask"]).logits, one["labels"])
        )
