"""Every row is masked as far as the first row's prompt."""


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = input_ids.clone()
    labels[:, : int(prompt_lengths[0])] = IGNORE_INDEX
    return labels
