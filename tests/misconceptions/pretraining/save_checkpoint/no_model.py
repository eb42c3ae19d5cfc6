"""The model's numbers are not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
