"""PyTorch's clipping, over what the optimizer holds; gradients are cleared at first and after each step."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    held = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    optimizer.zero_grad(set_to_none=False)
    losses, step = [], 0
    for x, y in batches:
        rate = schedule(step)
        for group in optimizer.param_groups:
            group.update(lr=rate)
        logits = model(x)
        loss = F.cross_entropy(logits.float().transpose(1, 2), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(held, max_norm)
        optimizer.step()
        optimizer.zero_grad()
        losses += [float(loss)]
        step += 1
    return losses
