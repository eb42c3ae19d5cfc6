"""Input and output embeddings no longer share one matrix: the tie is broken."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    added = _right(model, tokenizer)
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    return added
