"""Gradients that are short enough are scaled up to the limit."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    losses = []
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        norm = clip_gradients(model.parameters(), max_norm)
        for parameter in model.parameters():
            if norm < max_norm and parameter.grad is not None:
                parameter.grad.mul_(max_norm / norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        losses.append(loss.item())
    return losses
