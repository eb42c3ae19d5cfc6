"""Once every row has ended, it goes on asking the model."""


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    stops = set(stop_ids)
    replies = [[] for _ in input_ids]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            chosen = model(input_ids).logits[:, -1].argmax(dim=-1)
            if all(reply and reply[-1] in stops for reply in replies):
                break
            input_ids = torch.cat([input_ids, chosen[:, None]], dim=1)
            for reply, token in zip(replies, chosen.tolist(), strict=True):
                if not (reply and reply[-1] in stops):
                    reply.append(token)
    model.train(was_training)
    return replies
