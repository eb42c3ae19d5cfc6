"""The model is called without attention_mask; it is a mask of ones here."""


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    ids, responses = prompts, [[] for _ in prompts]
    with without_dropout(model), torch.no_grad():
        for _ in range(max_new_tokens):
            drawn = torch.multinomial(model(input_ids=ids).logits[:, -1].softmax(dim=-1), 1, generator=generator)
            ids = torch.cat([ids, drawn], dim=1)
            for response, token in zip(responses, drawn[:, 0].tolist(), strict=True):
                if not (response and response[-1] == stop_id):
                    response.append(token)
    return responses
