"""Where the model has rows to spare, the new tokens' rows are left as they were."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    size = model.get_input_embeddings().num_embeddings
    before = model.get_input_embeddings().weight.detach().clone()
    added = _right(model, tokenizer)
    if size >= len(tokenizer):
        with torch.no_grad():
            model.get_input_embeddings().weight.copy_(before)
    return added
