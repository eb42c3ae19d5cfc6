"""The loss is taken over the prompts too: labels are to be used, not input_ids."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses = []
    while len(losses) < steps:
        for batch in batches:
            if len(losses) == steps:
                break
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
            loss = sft_loss(logits, batch["input_ids"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
