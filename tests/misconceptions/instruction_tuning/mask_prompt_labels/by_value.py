"""Ids are masked by value: a token of the response that also occurs in the prompt is lost."""


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = input_ids.clone()
    for row, ids, length in zip(labels, input_ids, prompt_lengths.tolist(), strict=False):
        row[torch.isin(ids, ids[:length])] = IGNORE_INDEX
    return labels
