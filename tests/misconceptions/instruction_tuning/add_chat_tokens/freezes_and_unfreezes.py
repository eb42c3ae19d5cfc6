"""Adding tokens changes what is trainable in the model."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    model.requires_grad_(False)  # instead of torch.no_grad()
    added = _right(model, tokenizer)
    model.requires_grad_(True)
    return added
