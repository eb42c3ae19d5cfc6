"""A second call writes over the rows of chat tokens that were known, and maybe trained, already."""

also = ("The row of a chat token that was known already is written over.",)  # by the first call, too


def add_chat_tokens(model, tokenizer):
    added = tokenizer.add_tokens([IM_START, IM_END], special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    ids = tokenizer.convert_tokens_to_ids([IM_START, IM_END])
    others = [token for token in range(len(tokenizer)) if token not in ids]
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            layer.weight[ids] = layer.weight[others].mean(dim=0)
    return added
