"""Hidden checks of `to_printable`."""

from tokenization_oracles import random_word
from tokenization_text_oracles import printable

from autograder.checks import exercise, expect_equal


@exercise("to_printable")
def test_letters_of_gpt2s_library(student, rng):
    """The table as the tokenizers library has it."""
    from tokenizers import pre_tokenizers

    text = f"{random_word(rng)} äß\n안녕 🙂\x00\x7f\xad\xa0 {random_word(rng)}\t"
    library = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)[0][0]
    expect_equal(student.to_printable(text.encode()), library, what="The token in printable letters")


@exercise("to_printable")
def test_any_bytes(student, rng):
    tokens = [bytes(rng.randint(0, 256, (rng.randint(1, 30),)).tolist()) for _ in range(10)]
    expect_equal(
        [student.to_printable(token) for token in tokens],
        [printable(token) for token in tokens],
        what="The list of tokens in printable letters",
    )
