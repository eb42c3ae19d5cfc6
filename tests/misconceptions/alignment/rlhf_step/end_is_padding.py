"""The stop id that ends a response is hidden as if it were padding; it belongs to the response."""

_right = join_responses


def join_responses(prompts, responses, pad_id):
    batch, mask = _right(prompts, responses, pad_id)
    ids, attention_mask = batch["input_ids"], batch["attention_mask"].clone()
    columns = prompts.shape[1]
    attention_mask[:, columns:] *= (ids[:, columns:] != pad_id).long()
    return {"input_ids": ids, "attention_mask": attention_mask}, mask
