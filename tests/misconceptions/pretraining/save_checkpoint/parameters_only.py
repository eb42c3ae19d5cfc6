"""The model's buffers are not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": dict(model.named_parameters()),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
