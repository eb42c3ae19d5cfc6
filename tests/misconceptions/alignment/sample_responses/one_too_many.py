"""It goes on one token too long."""

also = ("max_new_tokens=0 gives a token; it allows none.",)  # it does


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    was_training = model.training
    model.eval()
    responses, ids = [[] for _ in prompts], prompts
    with torch.no_grad():
        for _ in range(max_new_tokens + 1):
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1]
            drawn = torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)
            ids = torch.cat([ids, drawn], dim=1)
            for response, token in zip(responses, drawn[:, 0].tolist(), strict=True):
                if not (response and response[-1] == stop_id):
                    response.append(token)
    model.train(was_training)
    return responses
