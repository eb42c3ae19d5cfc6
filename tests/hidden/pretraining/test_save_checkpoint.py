"""Hidden checks of `save_checkpoint`."""

from pretraining_run_oracles import expect_kept

from autograder.checks import exercise


@exercise("save_checkpoint")
def test_checkpoints_of_one_folder(student, rng):
    names = rng.permutation(["a.b.c", "ckpt", "model.pth", "run-300.pt", "x.json"])
    expect_kept(student, rng, names, rng.randint(100_000, 900_000))


@exercise("save_checkpoint")
def test_a_checkpoint_of_step_0(student, rng):
    expect_kept(student, rng, ["start.pt"], 0)
