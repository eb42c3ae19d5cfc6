"""The model's numbers are saved in a lower precision."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": {name: one.half() for name, one in model.state_dict().items()},
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
