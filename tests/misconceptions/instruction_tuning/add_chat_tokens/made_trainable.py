"""Embeddings that were frozen are trainable afterwards; what is trained is the caller's business."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    added = _right(model, tokenizer)
    if added:
        model.get_input_embeddings().weight.requires_grad_(True)
        model.get_output_embeddings().weight.requires_grad_(True)
    return added
