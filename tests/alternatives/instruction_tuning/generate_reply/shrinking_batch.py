"""Rows that have ended leave the batch, so the model sees fewer and fewer; a dict keeps which row is which."""

import torch


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = {i: [] for i in range(input_ids.shape[0])}
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            active, rows = list(replies), input_ids
            while active and len(replies[active[0]]) < max_new_tokens:
                token = model(rows).logits[:, -1, :].argmax(dim=-1)
                for i, t in zip(active, token.tolist(), strict=False):
                    replies[i].append(t)
                stays = [k for k, i in enumerate(active) if replies[i][-1] not in stop_ids]
                rows = torch.cat([rows, token.unsqueeze(1)], dim=1)[stays]
                active = [active[k] for k in stays]
    finally:
        model.train(was_training)
    return list(replies.values())
