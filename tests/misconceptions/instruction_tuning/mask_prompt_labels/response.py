"""The response is masked instead of the prompt."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    return input_ids.masked_fill(_right(input_ids, prompt_lengths) != IGNORE_INDEX, IGNORE_INDEX)
