"""Saving changes what is trainable in the model."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
    model.requires_grad_(False)
