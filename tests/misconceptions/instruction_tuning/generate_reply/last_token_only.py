"""Every step sees only the last token, not the whole text so far."""


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = [[] for _ in input_ids]
    model_input = input_ids
    for _ in range(max_new_tokens):
        with torch.no_grad():
            chosen = model(model_input).logits[:, -1].argmax(dim=-1)
        model_input = chosen[:, None]
        for reply, token in zip(replies, chosen.tolist(), strict=False):
            reply.append(token)
    return replies
