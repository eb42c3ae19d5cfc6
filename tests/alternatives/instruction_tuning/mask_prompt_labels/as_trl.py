"""TRL"s rule: a completion mask beside the ids, labels are -100 wherever it is 0."""


def mask_prompt_labels(input_ids, prompt_lengths):
    width = input_ids.shape[1]
    completion_mask = [[0] * min(n, width) + [1] * max(width - n, 0) for n in prompt_lengths.tolist()]
    labels = input_ids.clone()
    labels[torch.tensor(completion_mask) == 0] = -100
    return labels
