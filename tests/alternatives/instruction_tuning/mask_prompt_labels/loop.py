"""Row by row on a copy."""


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = input_ids.clone()
    for labels_of_row, length in zip(labels, prompt_lengths.tolist(), strict=True):
        labels_of_row[:length] = -100
    return labels
