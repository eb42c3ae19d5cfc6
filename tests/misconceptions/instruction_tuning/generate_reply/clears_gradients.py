"""Answering changes the gradients that the model had before."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    model.zero_grad()
    return _right(model, input_ids, stop_ids, max_new_tokens)
