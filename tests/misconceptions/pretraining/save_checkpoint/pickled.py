"""torch.load with weights_only=True can't read the file."""


def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    import pickle

    with open(path, "wb") as file:
        pickle.dump(checkpoint, file)
