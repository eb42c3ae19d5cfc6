"""The chat tokens are not special: decoding can't leave them out."""


def add_chat_tokens(model, tokenizer):
    tokenizer.add_tokens([IM_START, IM_END])
    before = len(tokenizer) - 2
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight[before:] = model.get_input_embeddings().weight[:before].mean(dim=0)
    return 2
