"""Checks of `choose_method`."""

from pipeline_oracles import alone, answers_to, expect_named, made_up_word

from autograder.checks import StudentError, exercise, fail


def need(task, behaviour, start, data, parameters, memory_gb):
    """What choose_method is asked."""
    return {
        "task": task,
        "behaviour": behaviour,
        "start": start,
        "data": data,
        "parameters": parameters,
        "memory_gb": memory_gb,
    }


TICKETS = ("classify", "form", "base", ("labels",))
CHATBOT = ("assist", "judgment", "base", ("demonstrations", "preferences"))
HOUSE = ("assist", "style", "instruct", ("demonstrations",))

# The docstring's examples: what is asked, GB for 7 billion parameters, method, reason, what is said of other answers.
EXAMPLES = (
    (
        TICKETS,
        24,
        "classification_head",
        "features_suffice",
        "To put texts into classes, a head on the frozen model is enough: it is a feature extractor already.",
    ),
    (
        CHATBOT,
        640,
        "sft_and_alignment",
        "nothing_to_judge_yet",
        "A base model gives no replies that could be judged: first SFT, then alignment.",
    ),
    (
        CHATBOT,
        24,
        "lora",
        "only_the_weights_fit",
        "Where training all weights doesn't fit into memory and the weights do, an adapter takes its place.",
    ),
    (
        HOUSE,
        8,
        "qlora",
        "only_4_bits_fit",
        "Weights that don't fit in 16 bits fit in 4, and the adapter is trained beside them.",
    ),
)


def expect_choice(asked, got, right, sentence_of):
    """The answer must be this, as far as it is given; of another method is said what `sentence_of` makes of it."""
    if isinstance(got, StudentError):
        raise got
    if not isinstance(got, dict) or got.keys() != {"method", "reason"}:
        fail("choose_method must return a dict with method and reason.", got=got)
    sentence = sentence_of(got["method"])
    if got["method"] != right["method"]:
        fail(sentence, expected=f"{asked}: {right}", got=got)
    if got["reason"] != right.get("reason", got["reason"]):
        fail(f"Only the reason is wrong. {sentence}", expected=f"{asked}: {right}", got=got)


def expect_choices(student, rng, rows):
    """Ask the needs in drawn order. rows: a need, what is right of the answer, what is said of a wrong method."""
    needs = [asked for asked, _, _ in rows]
    answers = answers_to(rng, student.choose_method, needs)
    with alone(rng, student.choose_method, needs, answers):
        for (asked, right, sentence_of), got in zip(rows, answers, strict=True):
            expect_choice(asked, got, right, sentence_of)


@exercise("choose_method", points=4)
def test_choose_method_docstring_examples(student, rng):
    rows = []
    for asked, memory, method, reason, sentence in EXAMPLES:
        for times in (1, rng.choice([2, 3, 10])):  # the example, and the same with a larger model and more memory
            question = need(*asked, times * 7_000_000_000, float(times * memory))
            rows.append((question, {"method": method, "reason": reason}, lambda _, sentence=sentence: sentence))
    expect_choices(student, rng, rows)


@exercise("choose_method")
def test_an_unknown_need_is_an_error(student, rng):
    names = {"task": "juggle", "behaviour": "nicer", "start": "scratch", "data": "photographs"}
    questions, unknown = [], []
    # Where the answer depends on all of it, and where it hangs on the behaviour or the task alone
    for whole in (CHATBOT, ("assist", "as_is", "base", ("demonstrations",)), TICKETS):
        for part in names:
            name = rng.choice([names[part], made_up_word(rng)])
            asked = need(*whole, 7_000_000_000, 640.0)
            questions.append({**asked, part: tuple(rng.permutation([*whole[3], name])) if part == "data" else name})
            unknown.append((part, name))
    for part in ("task", "behaviour", "start"):  # a name in other letters is none of the list
        asked = need(*CHATBOT, 7_000_000_000, 640.0)
        questions.append({**asked, part: asked[part].title()})
        unknown.append((part, asked[part].title()))
    questions += [need(*asked, 7_000_000_000, float(memory)) for asked, memory, _, _, _ in EXAMPLES]
    answers = answers_to(rng, student.choose_method, questions)
    for (part, name), answer in zip(unknown, answers, strict=False):
        sentence, kind = "The error doesn't name what isn't in the lists.", "kind of data" if part == "data" else part
        with expect_named(sentence, name, f"choose_method with an unknown {kind}"):
            if isinstance(answer, StudentError):
                raise answer
    legal = zip(questions[len(unknown) :], EXAMPLES, answers[len(unknown) :], strict=True)
    for asked, (_, _, method, reason, sentence), answer in legal:
        expect_choice(asked, answer, {"method": method, "reason": reason}, lambda _, sentence=sentence: sentence)


# Bytes of memory for each parameter, what is asked, what is right, and what known mistakes say instead.
SIMPLE = (
    (1, ("assist", "as_is", "base", ()), "none", {"get_data": "What is there already needs no data."}),
    (
        20,
        ("assist", "form", "base", ("labels", "plain_text")),
        "get_data",
        {"sft": "Without the data that a method learns from there is nothing that it could learn."},
    ),
    (
        0.25,
        ("assist", "form", "base", ("labels",)),
        "get_data",
        {"smaller_model": "The data come before the memory: without them no model of any size will do."},
    ),
    (
        13,
        ("assist", "judgment", "base", ("demonstrations", "preferences")),
        "lora",
        {
            "sft_and_alignment": "Alignment keeps a frozen reference beside the model that it trains, which takes 2 "
            "bytes more.",
        },
    ),
    (
        1,
        ("classify", "form", "instruct", ("labels",)),
        "classification_head",
        dict.fromkeys(
            ("lora", "qlora", "smaller_model"), "A frozen model with a head on it is not asked for memory here."
        ),
    ),
    (
        0.25,
        ("assist", "form", "base", ("demonstrations",)),
        "smaller_model",
        {"qlora": "What doesn't fit in any way calls for a smaller model."},
    ),
    (
        9,
        ("classify", "as_is", "instruct", ("labels", "demonstrations")),
        "none",
        {
            "classification_head": "The behaviour is asked before the task: what a model does already needs no head.",
            "get_data": "What is there already needs no data.",
        },
    ),
    (
        30,
        ("assist", "judgment", "base", ("demonstrations",)),
        "get_data",
        {"sft_and_alignment": "SFT and alignment take their own data each: demonstrations and preferences, both."},
    ),
    (
        20,
        ("assist", "form", "base", ("demonstrations", "labels")),
        "sft",
        {"get_data": "The data that the method takes is there; what else there is does no harm."},
    ),
    (12, ("assist", "form", "base", ("demonstrations",)), "sft", {"lora": "What just fits, fits."}),
    (
        11.5,
        ("assist", "form", "base", ("demonstrations",)),
        "lora",
        {"sft": "memory_gb counts 10**9 bytes; it is taken for GiB."},
    ),
    (
        4,
        ("assist", "new_language", "base", ("plain_text",)),
        "smaller_model",
        {"lora": "An adapter can't hold a new language: where all weights can't be trained, the model is too large."},
    ),
    (
        13,
        ("assist", "judgment", "instruct", ("preferences",)),
        "lora",
        {
            "alignment": "Alignment keeps a frozen reference beside the model that it trains, which takes 2 "
            "bytes more.",
            "sft_and_alignment": "An instruct model has been through SFT; it is not to be done again.",
        },
    ),
    (
        20,
        ("assist", "judgment", "instruct", ("preferences",)),
        "alignment",
        {"sft_and_alignment": "An instruct model has been through SFT; it is not to be done again."},
    ),
    (
        20,
        ("assist", "style", "base", ("demonstrations",)),
        "lora",
        {"sft": "A style is a refinement: an adapter does it, and all weights need not move."},
    ),
)


OTHERWISE = "A simple need is answered with another method than the rules give."


@exercise("choose_method")
def test_simple_needs(student, rng):
    rows = []
    for bytes_each, asked, method, mistakes in SIMPLE:
        billions = rng.choice([1, 3, 8, 14])
        question = need(*asked, billions * 10**9, float(bytes_each * billions))
        rows.append((question, {"method": method}, lambda got, of=mistakes: of.get(str(got), OTHERWISE)))
    expect_choices(student, rng, rows)
