"""A row that is all prompt keeps its last label."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    return _right(input_ids, prompt_lengths.clamp(max=input_ids.shape[1] - 1))
