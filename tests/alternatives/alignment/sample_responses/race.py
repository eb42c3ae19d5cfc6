"""Draws by a race of exponential clocks; rows are cut after the loop."""


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    was_training, ids = model.training, prompts.clone()
    model.eval()
    for _ in range(max_new_tokens):
        with torch.no_grad():
            p = torch.softmax(model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1], dim=-1)
        clocks = torch.empty_like(p).exponential_(generator=generator)
        ids = torch.cat([ids, (p / clocks).argmax(dim=-1, keepdim=True)], dim=1)
    model.train(was_training)
    cut = []
    for row in ids[:, prompts.shape[1] :].tolist():
        cut.append(row[: row.index(stop_id) + 1] if stop_id in row else row)
    return cut
