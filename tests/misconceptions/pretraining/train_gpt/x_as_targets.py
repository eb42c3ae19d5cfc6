"""Each place is asked for its own token: x is taken for the targets."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    losses = []
    for step, (x, _y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), x.flatten())
        optimizer.zero_grad()
        loss.backward()
        clip_gradients(model.parameters(), max_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        losses.append(loss.item())
    return losses
