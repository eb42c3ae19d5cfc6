"""The state of torch's global generator is not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.initial_seed(),
    }
    torch.save(checkpoint, path)
