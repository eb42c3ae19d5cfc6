"""The step is off by one in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step + 1,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
