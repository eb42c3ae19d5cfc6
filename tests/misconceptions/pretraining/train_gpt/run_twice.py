"""The model is run more often than once for each batch."""

also = ("The loss is that after the step; that of before is asked for.",)


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    losses = []
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), max_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        losses.append(F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten()).item())
    return losses
