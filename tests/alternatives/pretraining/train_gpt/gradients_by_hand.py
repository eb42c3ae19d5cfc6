"""torch.autograd.grad, whose result is put into .grad."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    losses = []
    for x, y in batches:
        log_probs = model(x).float().log_softmax(dim=-1)
        loss = -log_probs.gather(-1, y[..., None]).mean()
        for parameter, gradient in zip(trainable, torch.autograd.grad(loss, trainable), strict=True):
            parameter.grad = gradient
        clip_gradients(trainable, max_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(len(losses))
        optimizer.step()
        losses.append(loss.item())
    return losses
