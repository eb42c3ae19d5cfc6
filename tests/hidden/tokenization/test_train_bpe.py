"""Hidden checks of `train_bpe`."""

from tokenization_oracles import (
    NUMBERED_WRONGLY,
    TRAINED_WRONGLY,
    TRAINER,
    expect_trained,
    prose,
    random_letters,
    vocabulary,
)

from autograder.checks import exercise, expect_equal

# Sennrich et al.'s words as CS336's first assignment counts them, and the merges that it publishes for them.
WORDS = {"low": 5, "lower": 2, "widest": 3, "newest": 6}
PUBLISHED = "s t,e st,o w,l ow,w est,n e,ne west,w i,wi d,wid est,low e,lowe r"


@exercise("train_bpe")
def test_merges_published_for_four_words(student, rng):
    """The letters are others in every run; as their order is that of the published ones, so is every tie."""
    known = sorted(set("".join(WORDS)))
    drawn = dict(zip(known, sorted(random_letters(rng, len(known))), strict=True))

    def renamed(text):
        return "".join(drawn[letter] for letter in text)

    text = "\n".join(rng.permutation([renamed(word) for word, count in WORDS.items() for _ in range(count)]))
    merges = [tuple(renamed(part).encode() for part in pair.split()) for pair in PUBLISHED.split(",")]
    expect_equal(
        student.train_bpe(text, 256 + len(merges) + 5),
        [vocabulary(merges), merges],
        what="The tokenizer of four words",
    )


@exercise("train_bpe")
def test_a_longer_text_in_several_scripts(student, rng):
    words = (
        prose(rng, 200, 40).split()
        + ["Straße", "слово", "слова", "한국어", "한국", "naïve", "don't", "can't", "42", "1942"] * 3
    )
    special = "<|endoftext|>"
    text = " ".join(rng.permutation([*words, *[special] * 5, "the\n\nend", "  indented", "endoftext endoftext"]))
    specials = [special, "<|pad|>"]  # two: uncounted ones are told from one merge too many
    size = 256 + 2 + 50
    expect_trained(
        student.train_bpe(text, size, specials),
        text,
        size,
        specials,
        what="a longer text",
        mistakes=TRAINED_WRONGLY,
        numbering=NUMBERED_WRONGLY,
    )


@exercise("train_bpe")
def test_special_tokens_at_the_ends_and_of_letters_alone(student, rng):
    p, q, r, s = random_letters(rng, 4)
    specials = [f"{p}{q}", f"{p}{q}{r}.*", " "]
    parts = [f"{p}{q}"] * 6 + [f"{p}{q}{r}.*"] * 6 + [f"{s}{r}"] * 4 + [f"{s}{p} {q}{s}"] * 3 + [f"{r}.{r}"] * 2
    text = f"{p}{q}" + "".join(rng.permutation(parts)) + specials[1]
    size = 256 + 3 + rng.randint(8, 15)
    expect_trained(
        student.train_bpe(text, size, tuple(specials)),
        text,
        size,
        specials,
        what="a text with special tokens of letters",
        mistakes=TRAINED_WRONGLY,
        numbering=NUMBERED_WRONGLY,
    )


@exercise("train_bpe")
def test_ties_at_every_step(student, rng):
    """Every word once, so that nearly every merge is a tie."""
    text = "\n".join(rng.permutation(prose(rng, 12, 12, "".join(random_letters(rng, 4))).split()))
    size = 256 + 14
    merges = TRAINER.merges(text, size)
    expect_equal(student.train_bpe(text, size), [vocabulary(merges), merges], what="The tokenizer of a text of ties")
