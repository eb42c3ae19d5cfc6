"""The pieces are kept in a list; torch.autograd.grad gives each one's gradients, which are added to .grad by hand."""

import torch


def accumulate_gradients(model, micro_batches):
    pieces = [(piece, int((piece["labels"][:, 1:] != -100).sum())) for piece in micro_batches]
    total = sum(n for _, n in pieces)
    parameters = [p for p in model.parameters() if p.requires_grad]
    loss_sum = 0.0
    for piece, n in pieces:
        logits = model(input_ids=piece["input_ids"], attention_mask=piece["attention_mask"]).logits
        loss = sft_loss(logits, piece["labels"])
        loss_sum += n * loss.item()
        for p, g in zip(parameters, torch.autograd.grad(loss, parameters, allow_unused=True), strict=False):
            if g is not None:
                g = g * (n / max(total, 1))
                p.grad = g if p.grad is None else p.grad + g
    return loss_sum / total if total else 0.0
