"""It rejects prompts of length 0, of the whole row or beyond."""

_right = mask_prompt_labels


def mask_prompt_labels(input_ids, prompt_lengths):
    if (prompt_lengths > input_ids.shape[1]).any() or (prompt_lengths < 1).any():
        raise ValueError("a prompt must be shorter than its row")
    return _right(input_ids, prompt_lengths)
