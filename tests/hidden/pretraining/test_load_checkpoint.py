"""Hidden checks of `load_checkpoint`."""

from pretraining_run_oracles import expect_careful, expect_resumed, of_another

from autograder.checks import exercise, expect_equal, expect_error, in_drawn_order


@exercise("load_checkpoint")
def test_runs_that_are_stopped_anywhere(student, rng):
    for counts, step in rng.permutation([((0, 2, 1), 0), ((1, 3, 2), 1), ((4, 2, 0), rng.randint(10, 99))]):
        expect_resumed(student, rng, counts=counts, step=step, training=counts[2] > 1, text=counts[0] > 0)


@exercise("load_checkpoint")
def test_files_of_strangers(student, rng):
    expect_careful(student, rng)


@exercise("load_checkpoint")
def test_checkpoints_of_models_that_are_nearly_the_same(student, rng):
    shapes, numbers, step = {"w": [2, 3], "b": [3]}, rng.randn(2, 3), rng.randint(100, 999)

    def refused(other):
        def ask():
            with expect_error("RuntimeError", "ValueError", what="A checkpoint of another model"):
                student.run(of_another, shapes, other, numbers, step)

        return ask

    def taken():
        found = student.run(of_another, shapes, shapes, numbers, step)
        expect_equal(found, [numbers, step], what="The pair of numbers and step that are loaded")

    in_drawn_order(
        rng,
        refused({"w": [3, 2], "b": [3]}),
        refused({"w": [2, 3], "bias": [3]}),
        refused({"w": [2, 3], "b": [1]}),
        refused({"w": [2, 3], "b": [3], "c": [3]}),
        taken,
    )
