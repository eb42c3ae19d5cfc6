"""prompt_lengths is taken for the length of the response."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    return _right(input_ids, input_ids.shape[1] - prompt_lengths)
