"""torch.where over a comparison."""


def mask_prompt_labels(input_ids, prompt_lengths):
    position = torch.ones_like(input_ids).cumsum(dim=1)
    return torch.where(position > prompt_lengths.unsqueeze(1), input_ids, torch.full_like(input_ids, -100))
