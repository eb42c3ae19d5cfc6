"""What the optimizer remembers is not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
