"""An id of 0 in the response is taken for padding."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    return _right(input_ids, prompt_lengths).masked_fill(input_ids == 0, IGNORE_INDEX)
