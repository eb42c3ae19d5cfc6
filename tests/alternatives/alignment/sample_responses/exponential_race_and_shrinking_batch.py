"""Tokens are drawn by an exponential race instead of multinomial; rows that have ended leave the batch."""

import contextlib

import torch


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    @contextlib.contextmanager
    def quietly():
        loud = [module for module in model.modules() if module.training]
        for module in loud:
            module.training = False
        try:
            with torch.inference_mode():
                yield
        finally:
            for module in loud:
                module.training = True

    answers = {row: [] for row in range(len(prompts))}
    ids, alive = prompts, list(answers)
    with quietly():
        while alive and len(answers[alive[0]]) < max_new_tokens:
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1].double()
            clock = torch.empty_like(logits).exponential_(generator=generator).clamp_min(1e-300)
            new = (logits.softmax(dim=-1) / clock).argmax(dim=-1, keepdim=True)
            for row, token in zip(alive, new.squeeze(1).tolist(), strict=False):
                answers[row].append(token)
            going_on = (new != stop_id).squeeze(1)
            ids = torch.hstack([ids, new])[going_on]
            alive = [row for row in alive if answers[row][-1] != stop_id]
    return list(answers.values())
