"""Checks of `load_checkpoint`."""

from pretraining_run_oracles import expect_careful, expect_resumed, of_another

from autograder.checks import exercise, expect_accepted, expect_equal, expect_error, in_drawn_order


@exercise("load_checkpoint", points=2)
def test_resumed_is_never_stopped(student, rng):
    # a new optimizer, and one that has made steps of its own
    for others, training in rng.permutation([(0, True), (2, False)]):
        expect_resumed(
            student, rng, counts=(2, 2, others), step=rng.randint(1000, 9000), training=training, text=others == 0
        )


@exercise("load_checkpoint")
def test_a_file_of_strangers_runs_no_code(student, rng):
    expect_careful(student, rng)


@exercise("load_checkpoint")
def test_a_checkpoint_of_another_model(student, rng):
    shapes, numbers, step = {"w": [3, 2], "b": [2]}, rng.randn(3, 2), rng.randint(100, 999)

    def refused(other):
        def ask():
            with expect_error("RuntimeError", "ValueError", what="A checkpoint of another model"):
                student.run(of_another, shapes, other, numbers, step)

        return ask

    def taken():
        with expect_accepted("A checkpoint of such a model is refused.", "RuntimeError", "ValueError"):
            found = student.run(of_another, shapes, shapes, numbers, step)
        expect_equal(found, [numbers, step], what="The pair of numbers and step that are loaded")

    in_drawn_order(
        rng,
        refused({"w": [3, 2]}),
        refused({"w": [3, 2], "b": [2], "c": [1]}),
        refused({"w": [3, 2], "b": [3]}),
        taken,
    )
