"""It finds no stop id in a set: a tensor never is in one, its number is."""


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    stops = stop_ids
    replies = [[] for _ in input_ids]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            running = [row for row, reply in enumerate(replies) if not (reply and reply[-1] in stops)]
            if not running:
                break
            chosen = model(input_ids).logits[:, -1].argmax(dim=-1)
            input_ids = torch.cat([input_ids, chosen[:, None]], dim=1)
            for row in running:
                replies[row].append(chosen[row])
    model.train(was_training)
    return [[int(token) for token in reply] for reply in replies]
