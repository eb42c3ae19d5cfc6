"""Hidden checks of `parameter_table`."""

from gpt_function_oracles import expect_table

from autograder.checks import exercise


@exercise("parameter_table")
def test_tables_of_other_models(student, rng):
    for layers, tie in ((3, "parameter"), (1, None), (2, "memory"), (1, "memory")):
        expect_table(student, *rng.permutation(range(3, 80))[:3], layers, tie)
