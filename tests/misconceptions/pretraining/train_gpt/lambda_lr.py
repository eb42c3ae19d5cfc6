"""The schedule's rate is multiplied by the group's own; it replaces that."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    losses = []
    own = [group["lr"] for group in optimizer.param_groups]
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), max_norm)
        for group, lr in zip(optimizer.param_groups, own, strict=True):
            group["lr"] = lr * schedule(step)
        optimizer.step()
        losses.append(loss.item())
    return losses
