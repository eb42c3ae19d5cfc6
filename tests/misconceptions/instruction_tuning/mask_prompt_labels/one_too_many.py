"""One token too many is masked: the first of the response."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    return _right(input_ids, prompt_lengths + 1)
