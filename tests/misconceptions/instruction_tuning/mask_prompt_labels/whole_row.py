"""The whole row is masked."""


def mask_prompt_labels(input_ids, prompt_lengths):
    return torch.full_like(input_ids, IGNORE_INDEX)
