"""The model runs with a graph: with every token memory grows, for gradients that nobody asks for."""


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    ids, responses = prompts, [[] for _ in prompts]
    with without_dropout(model):
        for _ in range(max_new_tokens):
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1].detach()
            drawn = torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)
            ids = torch.cat([ids, drawn], dim=1)
            for response, token in zip(responses, drawn[:, 0].tolist(), strict=True):
                if not (response and response[-1] == stop_id):
                    response.append(token)
    return responses
