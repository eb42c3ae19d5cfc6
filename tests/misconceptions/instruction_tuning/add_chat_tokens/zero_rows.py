"""The new rows start at zero."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    before = len(tokenizer)
    added = _right(model, tokenizer)
    with torch.no_grad():
        model.get_input_embeddings().weight[before : before + added] = 0.0
        model.get_output_embeddings().weight[before : before + added] = 0.0
    return added
