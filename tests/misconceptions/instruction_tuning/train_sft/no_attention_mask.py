"""The attention mask does not reach the model."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses = []
    while len(losses) < steps:
        for batch in batches:
            if len(losses) == steps:
                break
            loss = sft_loss(model(input_ids=batch["input_ids"]).logits, batch["labels"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
