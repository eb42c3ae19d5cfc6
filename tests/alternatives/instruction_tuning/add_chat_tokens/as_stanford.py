"""As Stanford"s smart_tokenizer_and_embedding_resize: resize, then average all but the last rows."""


def add_chat_tokens(model, tokenizer):
    tokens = [token for token in (IM_START, IM_END) if tokenizer.convert_tokens_to_ids(token) is None]
    if not tokens:
        return 0
    added = tokenizer.add_special_tokens({"additional_special_tokens": tokens}, replace_extra_special_tokens=False)
    if model.get_input_embeddings().weight.shape[0] < len(tokenizer):
        model.resize_token_embeddings(len(tokenizer))
    last = len(tokenizer)
    for layer in {model.get_input_embeddings(), model.get_output_embeddings()}:
        data = layer.weight.data
        data[last - added : last] = data[: last - added].mean(dim=0, keepdim=True)
    return added
