"""Every prompt on its own."""


@torch.no_grad()
def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    was_training = model.training
    model.eval()
    replies = []
    for prompt in input_ids:
        tokens = prompt.tolist()
        while len(tokens) < len(prompt) + max_new_tokens:
            logits = model(torch.tensor([tokens])).logits
            tokens.append(int(logits[0, -1].argmax()))
            if tokens[-1] in stop_ids:
                break
        replies.append(tokens[len(prompt) :])
    model.train(was_training)
    return replies
