"""The first label of a row is masked even where there is no prompt."""


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = input_ids.clone()
    for row, length in enumerate(prompt_lengths.tolist()):
        labels[row, : max(length, 1)] = IGNORE_INDEX
    return labels
