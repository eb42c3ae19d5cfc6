"""The mask is that of the ids, one column late: entry t of the frame is about token t + 1."""

_right = join_responses


def join_responses(prompts, responses, pad_id):
    batch, mask = _right(prompts, responses, pad_id)
    return batch, F.pad(mask, (1, 0))[:, :-1]
