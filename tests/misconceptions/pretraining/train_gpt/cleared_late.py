"""What stood in .grad before the first batch is added to its gradient."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    losses = []
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        loss.backward()
        clip_gradients(model.parameters(), max_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses
