"""A stop id that is no padding is hidden: the mask is made from the ids instead of the lengths."""

_right = join_responses


def join_responses(prompts, responses, pad_id):
    batch, mask = _right(prompts, responses, pad_id)
    shown = (batch["input_ids"] != pad_id).long() | F.pad(mask, (1, 0))
    return {**batch, "attention_mask": shown}, mask
