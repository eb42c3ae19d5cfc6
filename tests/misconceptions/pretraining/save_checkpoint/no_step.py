"""The step is not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
