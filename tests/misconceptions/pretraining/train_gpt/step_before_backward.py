"""The step is made before backward, so with the gradient of the batch before."""


def train_gpt(model, batches, optimizer, schedule, max_norm):
    model.train()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    losses = []
    for step, (x, y) in enumerate(batches):
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        gradients = torch.autograd.grad(loss, trainable)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        for parameter, gradient in zip(trainable, gradients, strict=True):
            parameter.grad = gradient
        clip_gradients(model.parameters(), max_norm)
        losses.append(loss.item())
    return losses
