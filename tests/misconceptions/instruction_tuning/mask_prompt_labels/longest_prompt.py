"""Every row is masked as far as the longest prompt."""


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = input_ids.clone()
    labels[:, : int(prompt_lengths.max())] = IGNORE_INDEX
    return labels
