"""Checks of `weight_gigabytes`."""

from pipeline_oracles import Row, card, expect_rows, weights_row

from autograder.checks import StudentError, exercise, fail


@exercise("weight_gigabytes")
def test_weight_gigabytes_docstring_example(student, rng):
    sizes = [rng.randint(2, 900) * 10**8 for _ in range(3)]
    cards = [
        card("llama", "3", 70_000_000_000),
        card("llama", "3", 70_000_000_000, bits=4, method="gptq"),
        card("qwen", "3", sizes[0] + 3_000_000_000, active=3_000_000_000),
        card("llama", "2", sizes[1], bits=rng.choice([2, 3, 5, 6]), method="gguf"),
        card("llama", "2", sizes[2], stage="alignment", bits=8),
    ]
    expect_rows(rng, student.weight_gigabytes, list(map(weights_row, cards)), "weight_gigabytes", rtol=1e-9)


@exercise("weight_gigabytes")
def test_unknown_parameters_or_bits_are_an_error(student, rng):
    whole = card("gpt", "2", rng.randint(1, 900) * 10**6)
    rows, messages = [weights_row({**whole, "bits": bits}) for bits in (4, 16)], set()
    for missing in ("parameters", "bits"):
        name = missing.removesuffix("s")  # "it has no parameter count" says it, too
        rows.append(Row({**whole, missing: None}, unknown=name, called=f"weight_gigabytes without {missing}"))

    def ask(card):
        try:
            return student.weight_gigabytes(card)
        except StudentError as error:
            messages.add(error.message)
            raise

    expect_rows(
        rng,
        ask,
        rows,
        "weight_gigabytes",
        unknown=("", "The error doesn't say which of the two is missing."),
        rtol=1e-9,
    )
    if len(messages) < 2:
        fail("The error says the same whichever of the two is missing.", got=messages.pop())
