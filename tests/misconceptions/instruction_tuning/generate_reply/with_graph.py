"""A graph is built while it answers, and nothing is learned from it."""


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    stops, replies, was_training = set(stop_ids), [[] for _ in input_ids], model.training
    model.eval()
    for _ in range(max_new_tokens):
        chosen = model(input_ids).logits[:, -1].argmax(dim=-1)
        input_ids = torch.cat([input_ids, chosen[:, None]], dim=1)
        for reply, token in zip(replies, chosen.tolist(), strict=True):
            if not (reply and reply[-1] in stops):
                reply.append(token)
        if all(reply[-1] in stops for reply in replies):
            break
    model.train(was_training)
    return replies
