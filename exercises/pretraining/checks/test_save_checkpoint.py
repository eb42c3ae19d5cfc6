"""Checks of `save_checkpoint`."""

from pretraining_run_oracles import expect_kept

from autograder.checks import exercise


@exercise("save_checkpoint")
def test_all_that_a_run_needs_is_in_the_file(student, rng):
    expect_kept(student, rng, ["run.pt"], rng.randint(1000, 9000))


@exercise("save_checkpoint")
def test_files_of_other_names(student, rng):
    expect_kept(student, rng, rng.permutation(["first", "second.ckpt", "third.pt"]), rng.randint(1000, 9000))
