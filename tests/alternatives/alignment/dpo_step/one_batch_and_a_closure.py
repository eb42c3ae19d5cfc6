"""Both halves are padded to one width and go through each model as one batch; the optimizer gets a closure."""

import torch
from torch.nn import functional as F


def dpo_step(policy, reference, batch, optimizer, beta):
    if id(policy) == id(reference):
        raise ValueError("policy and reference are one object; pass a separate, frozen model as reference")

    halves = [batch["chosen"], batch["rejected"]]
    width = max(half["input_ids"].shape[-1] for half in halves)
    filler = {"input_ids": 0, "attention_mask": 0, "labels": -100}
    ids, seen, labels = (
        torch.cat([F.pad(half[key], (0, width - half[key].shape[-1]), value=fill) for half in halves])
        for key, fill in filler.items()
    )

    def both(model):
        return sequence_log_prob(model(input_ids=ids, attention_mask=seen).logits, labels).tensor_split(2)

    was = {module: module.training for model in (policy, reference) for module in model.modules()}
    report = {}
    try:
        for module in was:
            module.training = False
        with torch.no_grad():
            anchors = both(reference)

        def closure():
            optimizer.zero_grad()
            with torch.enable_grad():
                loss, good, bad = dpo_loss(*both(policy), *anchors, beta)
                loss.backward()
            if not report:
                lengths = labels[:, 1:].ne(-100).sum(dim=1).double().tensor_split(2)
                report.update(
                    loss=float(loss.detach()),
                    chosen_reward=float(good.mean()),
                    rejected_reward=float(bad.mean()),
                    win_rate=sum(g > b for g, b in zip(good.tolist(), bad.tolist(), strict=False)) / len(good),
                    chosen_length=float(lengths[0].mean()),
                    rejected_length=float(lengths[1].mean()),
                )
            return loss

        optimizer.step(closure)
    finally:
        for module, mode in was.items():
            module.training = mode
    return report
