"""Hidden checks of `fertility`."""

from tokenization_oracles import random_word
from tokenization_text_oracles import ask, other_values, values

from autograder.checks import exercise, expect_close


@exercise("fertility")
def test_texts_of_several_scripts(student, rng):
    texts = [
        f"{random_word(rng)}\u3000{random_word(rng)} \xa0{random_word(rng)}",  # str.split knows these spaces too
        "안녕하세요 세계 안녕하세요",
        f"{random_word(rng)}",
        f"\n\n{random_word(rng)}\r\n{random_word(rng)}\r\n",
        "🙂🙂 🙂 .",
    ]
    sizes = rng.permutation([3, 7, 1, 40, 11])
    results = ask(student, texts, sizes)
    for text, ids, result in zip(texts, sizes, results, strict=True):
        expect_close(
            result,
            values(len(text.split()), len(text.encode()), ids),
            what="The fertility of a text",
            mistakes=other_values(text, ids),
        )
