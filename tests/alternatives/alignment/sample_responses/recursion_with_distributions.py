"""Each row is drawn by itself, recursively, with torch.distributions where no generator is given."""

import torch


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    def go_on(ids, left):
        if left == 0:
            return []
        z = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, -1]
        if generator is None:
            token = torch.distributions.Categorical(logits=z).sample().view(1)
        else:
            token = torch.multinomial(z.softmax(-1), 1, generator=generator)
        one = int(token)
        return [one] if one == stop_id else [one, *go_on(torch.cat([ids, token.view(1, 1)], 1), left - 1)]

    mode = model.training
    with torch.no_grad():
        model.eval()
        out = [go_on(prompt.unsqueeze(0), max_new_tokens) for prompt in prompts]
        if mode:
            model.train()
    return out
