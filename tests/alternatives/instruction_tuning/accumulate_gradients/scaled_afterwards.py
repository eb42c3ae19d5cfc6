"""Sums over tokens are accumulated aside and divided at the end."""


def accumulate_gradients(model, micro_batches):
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    held = [torch.zeros_like(parameter) for parameter in parameters]
    loss, tokens = 0.0, 0
    for piece in micro_batches:
        count = int((piece["labels"][:, 1:] != -100).sum())
        logits = model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits
        summed = sft_loss(logits, piece["labels"]) * count
        for total, gradient in zip(held, torch.autograd.grad(summed, parameters), strict=True):
            total += gradient
        loss, tokens = loss + float(summed), tokens + count
    for parameter, total in zip(parameters, held, strict=True):
        gradient = total / max(tokens, 1)
        parameter.grad = gradient if parameter.grad is None else parameter.grad + gradient
    return loss / max(tokens, 1)
