"""Every step sees only the last token, not the whole text so far."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = [[] for _ in input_ids]
    for _ in range(max_new_tokens):
        input_ids = torch.tensor(_right(model, input_ids, [], 1))
        for reply, token in zip(replies, input_ids[:, 0].tolist(), strict=True):
            if not (reply and reply[-1] in stop_ids):
                reply.append(token)
        if all(reply[-1] in stop_ids for reply in replies):
            break
    return replies
