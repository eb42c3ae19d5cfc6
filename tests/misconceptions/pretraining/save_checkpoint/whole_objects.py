"""torch.load with weights_only=True can't read the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer,
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
