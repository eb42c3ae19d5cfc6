"""There is no file of the name that was given."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, f"{path}.pt")
