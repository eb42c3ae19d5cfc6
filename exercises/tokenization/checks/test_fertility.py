"""Checks of `fertility`."""

from tokenization_oracles import expect_accepted, word

from autograder.checks import exercise, expect_close, fail, probe


@probe
def measured(student, texts, sizes):
    """What fertility gives for each text with an encoder that gives so many ids; and what the encoder was asked."""
    found = []
    for text, size in zip(texts, sizes, strict=True):
        asked = []

        def encode(part, asked=asked, size=size):
            asked.append(part)
            return list(range(size))

        one = {"error": "", "message": ""}
        try:
            one["value"] = student.fertility(text, encode)
        except Exception as error:
            one["error"], one["message"] = type(error).__name__, str(error)
        found.append({**one, "asked": asked})
    return found


def ask(student, texts, sizes):
    """The values of texts that have a word."""
    values = []
    for text, one in zip(texts, student.run(measured, texts, sizes), strict=True):
        if one["error"]:
            fail("fertility raises an error for a text with words.", got=f"{one['error']}: {one['message']}")
        if one["asked"] != [text]:
            fail("The encoder is not asked for the whole text at once.", expected=[text], got=one["asked"])
        values.append(one["value"])
    return values


def values(words, size, ids):
    return {"tokens_per_word": ids / words, "bytes_per_token": size / ids}


def other_values(text, ids):
    """What each mistake gives."""
    words, size = len(text.split()), len(text.encode())
    return {
        "It counts characters for bytes.": values(words, len(text), ids),
        "It divides the tokens by the characters, not by the words.": values(len(text), size, ids),
        "It gives words per token; tokens per word are asked for.": {
            "tokens_per_word": words / ids,
            "bytes_per_token": size / ids,
        },
        "It gives tokens per byte; bytes per token are asked for.": {
            "tokens_per_word": ids / words,
            "bytes_per_token": ids / size,
        },
        "It counts spaces for words; several of them may stand between two words.": values(
            len(text.split(" ")), size, ids
        ),
        "It drops the fraction.": {"tokens_per_word": ids // words, "bytes_per_token": size // ids},
        "It rounds what it gives.": {"tokens_per_word": round(ids / words, 1), "bytes_per_token": round(size / ids, 1)},
        "A word that occurs again is counted once.": values(len(set(text.split())), size, ids),
        "White space is left out of the bytes.": values(words, len("".join(text.split()).encode()), ids),
        "It gives bytes per word; bytes per token are asked for.": {
            "tokens_per_word": ids / words,
            "bytes_per_token": size / words,
        },
    }


@exercise("fertility")
def test_tokens_per_word_and_bytes_per_token(student, rng):
    words = [word(rng) for _ in range(rng.randint(5, 8))]
    # Words stand twice, between several spaces and lines, with letters of two and three bytes
    text = f" {'  '.join(words)}\n{words[0]}\tBär 한국\n"
    ids = 7 * rng.randint(3, 9) + 1
    texts, sizes = ["ein Bär", text], [4, ids]
    results = ask(student, texts, sizes)
    for text, size, result in zip(texts, sizes, results, strict=True):  # the docstring's example first
        expect_close(
            result,
            values(len(text.split()), len(text.encode()), size),
            what="The fertility of a text",
            mistakes=other_values(text, size),
        )


@exercise("fertility")
def test_a_text_without_words(student, rng):
    text, ids = f"{word(rng)} {word(rng)}", rng.randint(3, 30)
    order = rng.permutation(["", " " * rng.randint(1, 5), "\n\t ", text])
    results = student.run(measured, order, [ids] * 4)
    for asked, one in zip(order, results, strict=True):
        if asked == text:
            if one["error"]:
                fail("fertility raises an error for a text with words.", got=f"{one['error']}: {one['message']}")
            expect_close(
                one["value"],
                values(2, len(text.encode()), ids),
                what="The fertility of a text of two words",
                mistakes=other_values(text, ids),
            )
        elif one["error"] != "ValueError":
            fail(
                "A text without words must be a ValueError.",
                expected="ValueError",
                got=one["error"] or one.get("value"),
                advice="An empty text has no words, and neither has one of white space.",
            )
        elif not one["message"].strip():
            fail("The error for a text without words says nothing; say why.")
