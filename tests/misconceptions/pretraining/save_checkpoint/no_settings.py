"""The optimizer's settings are not in the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": {"param_groups": [], "state": optimizer.state_dict()["state"]},
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
