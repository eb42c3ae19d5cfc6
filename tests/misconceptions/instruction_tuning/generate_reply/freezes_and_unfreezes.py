"""Answering changes what is trainable in the model."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    model.requires_grad_(False)  # instead of torch.no_grad()
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    model.requires_grad_(True)
    return replies
