"""Only <|im_start|> starts as the mean; <|im_end|> has a row too."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    before = len(tokenizer)
    added = _right(model, tokenizer)
    with torch.no_grad():
        model.get_input_embeddings().weight[before + 1 :] = torch.randn(
            model.get_input_embeddings().weight[before + 1 :].shape
        )
    return added
