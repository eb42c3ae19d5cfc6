"""A stop id inside the prompt is masked as if it were padding."""

_right = sample_responses


class _Masked(nn.Module):
    def __init__(self, model, columns, stop_id):
        super().__init__()
        self.model, self.columns, self.stop_id = model, columns, stop_id

    def forward(self, input_ids, attention_mask):
        attention_mask = attention_mask.clone()
        attention_mask[:, : self.columns] *= (input_ids[:, : self.columns] != self.stop_id).long()
        return self.model(input_ids=input_ids, attention_mask=attention_mask)


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    wrapped = _Masked(model, prompts.shape[1], stop_id).train(model.training)
    return _right(wrapped, prompts, max_new_tokens, stop_id, generator)
