"""Keys and values are kept, so that every step feeds one token."""


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    was_training, cache, step = model.training, None, input_ids
    columns = []
    model.eval()
    with torch.inference_mode():
        for _ in range(max_new_tokens):
            output = model(step, past_key_values=cache, use_cache=True)
            cache, step = output.past_key_values, output.logits[:, -1:].argmax(dim=-1)
            columns.append(step)
            if all(set(row.tolist()) & set(stop_ids) for row in torch.cat(columns, dim=1)):
                break
    model.train(was_training)
    rows = torch.cat(columns, dim=1).tolist() if columns else [[] for _ in input_ids]
    replies = []
    for row in rows:
        reply = []
        for token in row:
            reply.append(token)
            if token in stop_ids:
                break
        replies.append(reply)
    return replies
