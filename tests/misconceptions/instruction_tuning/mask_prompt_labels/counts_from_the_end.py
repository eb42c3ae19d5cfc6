"""A row that is all prompt is not masked at all."""


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = input_ids.clone()
    for row, length in zip(labels, prompt_lengths.tolist(), strict=False):
        response = max(len(row) - length, 0)
        row[:-response] = IGNORE_INDEX
    return labels
