"""A file that is there already is not replaced: it holds what was saved before."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    if not Path(path).exists():
        torch.save(checkpoint, path)
