"""The rate is set after the step, so each step has the rate of the one before."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    losses = []
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), max_norm)
        optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        losses.append(loss.item())
    return losses
