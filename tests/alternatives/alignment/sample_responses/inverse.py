"""Draws by the inverse of the cumulated probabilities, row by row in Python."""


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    training = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            found = []
            for prompt in prompts:
                ids, said = prompt[None], []
                while len(said) < max_new_tokens and stop_id not in said:
                    logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, -1]
                    edges = logits.double().softmax(dim=-1).cumsum(dim=-1)
                    point = torch.rand((), generator=generator, dtype=torch.float64, device=edges.device) * edges[-1]
                    said.append(int((edges <= point).sum().clamp(max=len(edges) - 1)))
                    ids = torch.cat([ids, ids.new_tensor([[said[-1]]])], dim=1)
                found.append(said)
            return found
    finally:
        model.train(training)
