"""Training changes what is trainable in the model."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    model.requires_grad_(True)
    losses = []
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), max_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        losses.append(loss.item())
    return losses
