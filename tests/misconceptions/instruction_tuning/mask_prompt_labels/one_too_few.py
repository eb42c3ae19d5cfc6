"""One token too few is masked: the last of the prompt is trained on."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    return _right(input_ids, prompt_lengths - 1)
