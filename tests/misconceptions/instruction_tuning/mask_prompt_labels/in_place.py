"""mask_prompt_labels changes its input in place."""


def mask_prompt_labels(input_ids, prompt_lengths):
    for row, length in zip(input_ids, prompt_lengths.tolist(), strict=False):
        row[:length] = IGNORE_INDEX
    return input_ids
