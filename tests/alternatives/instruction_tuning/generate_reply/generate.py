"""transformers" own generate, without sampling; what follows a stop id is cut off."""


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    if max_new_tokens == 0:
        return [[] for _ in range(len(input_ids))]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        output = model.generate(
            input_ids,
            attention_mask=torch.ones_like(input_ids),
            do_sample=False,
            max_new_tokens=max_new_tokens,
            eos_token_id=list(stop_ids) or [-1],
            pad_token_id=0,
        )
    model.train(was_training)
    replies = []
    for row in output[:, input_ids.shape[1] :].tolist():
        stop = next((index for index, token in enumerate(row) if token in stop_ids), len(row))
        replies.append(row[: stop + 1])
    return replies
