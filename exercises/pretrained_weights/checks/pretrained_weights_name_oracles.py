"""What the checks of `canonical_name` and `stored_transposed` share: questions, and what a wrong answer to each means.

A question is (name, answer, mistakes): answer is the short name, None, or REFUSED for a ValueError.
Answers are looked at in the order of the questions, so that the plainest mistake is the one that is named.
"""

from __future__ import annotations

import re

from pretrained_weights_oracles import PREFIX, inside, is_map, tensorflow

from autograder.checks import expect_equal, fail, probe

REFUSED = "a ValueError"

SHORT_REFUSED = "A name that is short already is refused."
PREFIXED_REFUSED = "Names with Hugging Face's prefix are refused."
PREFIX_STAYS = "The prefix transformer. stays on the name."
OPENAI_REFUSED = "OpenAI's names are refused."
GAIN_REFUSED = "OpenAI's g, the gain of a norm, is refused."
TABLE_REFUSED = "OpenAI's tables are refused, whose names have no ending."
FINAL_REFUSED = "OpenAI's final norm is refused."
OPENAI_STAYS = "OpenAI's name comes back as it was, or with dots for slashes."
ENDING_STAYS = "OpenAI's endings w and b stay in the name."
GAIN_STAYS = "OpenAI's g stays in the name."
GAIN_IS_BIAS = "OpenAI's g becomes a bias; it is a gain."
BIAS_IS_WEIGHT = "OpenAI's b becomes a weight."
TABLE_BARE = "OpenAI's tables keep a name without an ending."
NO_DOT = "The number of OpenAI's block stays without a dot in front of it."
LONG_REFUSED = "A block whose number has more than one digit is refused."
FIRST_DIGIT = "Of a block's number only the first digit is read."
LAST_DIGIT = "Of a block's number only the last digit is read."
FROM_ONE = "Blocks are counted from 1."
BLOCK_0 = "Every block becomes block 0."
NUMBER_LOST = "The number of the block is lost."
C_ATTN_BIAS = "The bias of attn.c_attn is taken for a mask."
BIAS_LOST = "Every bias is taken for a mask."
LEFT_OUT = "A tensor of the model is left out like a mask."
NORMS_SWAPPED = "The two norms of a block change places."
PROJECTIONS = "attn.c_proj and mlp.c_proj are mixed up."
MASK_IS_BIAS = "The mask attn.bias is taken for the bias of attn.c_attn."
MASK_KEPT = "A mask keeps its name; it is no number of the model."
MASK_REFUSED = "The mask attn.bias is refused."
MASKED_REFUSED = "The mask attn.masked_bias is refused."
MASKED_KEPT = "The mask attn.masked_bias keeps its name."
PREFIXED_MASK = "Masks with Hugging Face's prefix are refused."
PREFIXED_MASK_KEPT = "Masks with Hugging Face's prefix keep their name."
HEAD_IS_TABLE = "The tied head becomes the table of tokens, so that two names mean one tensor."
HEAD_KEPT = "The tied head keeps its name."
HEAD_REFUSED = "The tied head is refused."
LET_THROUGH = "An unknown name is let through."
UNKNOWN_NONE = "An unknown name gives None, as a mask does."
ANOTHER_ERROR = "An unknown name raises another error than ValueError."
BEHIND = "What stands behind a known name is not looked at."
IN_FRONT = "What stands in front of a known name is not looked at."
OTHER_ENDING = "OpenAI's w, g and b are taken for any tensor, also where they don't belong."
MIXED = "A mixture of two spellings is let through."
ANY_PREFIX = "The prefix is taken off as often as it stands there, or in OpenAI's names."
WRONG_PLACE = "A part is known, but not in this place, and is let through."
ANY_MASK = "Everything that ends like a mask is taken for one."
ANY_HEAD = "Everything that ends like the head is taken for it."
KNOWN_RAISES = "A name that checkpoints use raises another error than ValueError."
UNNAMED = "The message doesn't have the name that was refused."
NO_MESSAGE = "The ValueError has no message; say which name it is."


@probe
def renamed(student, names):
    """The answer to each name; an error as [its class, its message]."""
    answers = []
    for name in names:
        try:
            answer = student.canonical_name(name)
            answers.append(answer if answer is None or isinstance(answer, str) else type(answer).__name__)
        except NotImplementedError:
            raise
        except Exception as error:
            kind = "ValueError" if isinstance(error, ValueError) else type(error).__name__
            answers.append([kind, str(error)])
    return answers


def expect_renamed(student, rng, questions):
    """Ask all in a drawn order; then look at the answers in the order of the questions."""
    order = rng.permutation(list(range(len(questions))))
    given = student.run(renamed, [questions[index][0] for index in order])
    if not isinstance(given, list) or len(given) != len(questions):
        fail("canonical_name doesn't give one answer for each name.")
    answers = dict(zip(order, given, strict=True))
    for index, (name, expected, mistakes) in enumerate(questions):
        answer = answers[index]
        refused = isinstance(answer, list) and answer[0] == "ValueError"
        if isinstance(answer, list) and not refused:
            fail(ANOTHER_ERROR if expected is REFUSED else KNOWN_RAISES, got=answer, advice=f"Asked for {name!r}.")
        if expected is not REFUSED:
            got = REFUSED if refused else answer
            expect_equal(got, expected, what="canonical_name", mistakes=mistakes, advice=f"Asked for {name!r}.")
        elif not refused:
            let_through, none = mistakes
            fail(none if answer is None else let_through, got=answer, advice=f"Asked for {name!r}.")
        elif not answer[1].strip():
            fail(NO_MESSAGE)
        elif name not in answer[1]:
            fail(UNNAMED, expected=name, got=answer[1])


def _number(short, change):
    return re.sub(r"^h\.(\d+)", lambda found: f"h.{change(found[1])}", short)


def known(short, how):
    """A question for a name of the model: how is "short", "transformer" or "tensorflow"."""
    name = {"short": short, "transformer": PREFIX + short, "tensorflow": tensorflow(short)}[how]
    kind, table = short.rpartition(".")[2], short.startswith("w")
    norm, block = "ln_" in short, short.split(".")[1] if short.startswith("h.") else ""
    refused = {"short": SHORT_REFUSED, "transformer": PREFIXED_REFUSED, "tensorflow": OPENAI_REFUSED}[how]
    if how == "tensorflow":
        if norm and kind == "weight":
            refused = GAIN_REFUSED
        if short.startswith("ln_f"):
            refused = FINAL_REFUSED
        if table:
            refused = TABLE_REFUSED
    found = {LONG_REFUSED if len(block) > 1 else refused: REFUSED}
    found[C_ATTN_BIAS if "c_attn.bias" in short else BIAS_LOST if kind == "bias" else LEFT_OUT] = None
    if how == "transformer":
        found[PREFIX_STAYS] = name
    if how == "tensorflow":
        ending = name.rpartition("/")[2]
        part = short.rpartition(".")[0]
        if table:
            found[TABLE_BARE] = part
        else:
            found[GAIN_STAYS if ending == "g" else ENDING_STAYS] = f"{part}.{ending}"
            if block:
                found[NO_DOT] = short.replace("h.", "h", 1)
            if kind == "bias":
                found[BIAS_IS_WEIGHT] = f"{part}.weight"
            elif norm:
                found[GAIN_IS_BIAS] = f"{part}.bias"
    if block:
        number = int(block)
        for sentence, other in (
            (FIRST_DIGIT, block[0]),
            (LAST_DIGIT, block[-1]),
            (FROM_ONE, str(number + 1)),
            (BLOCK_0, "0"),
        ):
            if other != block and _number(short, lambda _, other=other: other) not in found.values():
                found[sentence] = _number(short, lambda _, other=other: other)
        found[NUMBER_LOST] = short.split(".", 2)[2]
        swapped = short.translate(str.maketrans("12", "21")) if ".ln_" in short else None
        if swapped and _number(swapped, lambda _: block) != short:
            found[NORMS_SWAPPED] = _number(swapped, lambda _: block)
        if "c_proj" in short:
            one, other = ("attn", "mlp") if ".attn." in short else ("mlp", "attn")
            found[PROJECTIONS] = short.replace(f".{one}.", f".{other}.")
    return name, short, found


def of_block(block, how):
    """Questions for the parts of a block; weights of maps come first, then gains, then biases, c_attn's last."""
    chosen = sorted(inside(block), key=lambda short: (not is_map(short), short.endswith("bias"), "c_attn" in short))
    return [known(short, how) for short in chosen]


def mask(block, kind, prefixed):
    """A question for a mask, kind "bias" or "masked_bias"."""
    name = f"{PREFIX if prefixed else ''}h.{block}.attn.{kind}"
    short = f"h.{block}.attn.{kind}"
    if prefixed:
        mistakes = {
            PREFIXED_MASK: REFUSED,
            PREFIXED_MASK_KEPT: short,
            PREFIX_STAYS: name,
            MASK_IS_BIAS: f"h.{block}.attn.c_attn.bias",
        }
    elif kind == "bias":
        mistakes = {MASK_REFUSED: REFUSED, MASK_KEPT: name, MASK_IS_BIAS: f"h.{block}.attn.c_attn.bias"}
    else:
        mistakes = {MASKED_REFUSED: REFUSED, MASKED_KEPT: name, MASK_IS_BIAS: f"h.{block}.attn.c_attn.bias"}
    return name, None, mistakes


HEAD = ("lm_head.weight", None, {HEAD_REFUSED: REFUSED, HEAD_KEPT: "lm_head.weight", HEAD_IS_TABLE: "wte.weight"})


def unknown(name, let_through, none=UNKNOWN_NONE):
    """A question for a name that nobody uses, and what is said where it gives a name, or None."""
    return name, REFUSED, (let_through, none)


# --- stored_transposed ----------------------------------------------------------------------------------------------

NOT_A_BOOL = "It gives something else than True or False."


@probe
def turned(student, names):
    answers = [student.stored_transposed(name) for name in names]
    return [answer if isinstance(answer, bool) else type(answer).__name__ for answer in answers]


def expect_turned(student, rng, blocks):
    """All names of these blocks and the four outside, asked in a drawn order."""
    names = rng.permutation(["wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", *sum(map(inside, blocks), [])])
    answers = student.run(turned, names)
    if isinstance(answers, list) and any(isinstance(answer, str) for answer in answers):
        fail(NOT_A_BOOL, got=answers)

    def by(rule):
        return [bool(rule(name)) for name in names]

    def without(*parts):
        return by(lambda name: is_map(name) and not any(f".{part}." in name for part in parts))

    def together(rule):
        return by(lambda name: is_map(name) or rule(name))

    first, long = min(blocks), [block for block in blocks if block > 9]
    mistakes = {
        "The square attn.c_proj is left out.": without("attn.c_proj"),
        "mlp.c_proj is left out.": without("mlp.c_proj"),
        "Both c_proj are left out.": without("c_proj"),
        "mlp.c_fc is left out.": without("c_fc"),
        "attn.c_attn is left out.": without("c_attn"),
        "Only attention is looked at.": without("mlp.c_fc", "mlp.c_proj"),
        "Only the feed-forward network is looked at.": without("attn.c_attn", "attn.c_proj"),
        "The biases of the linear maps count as well.": together(lambda name: ".c_" in name),
        "Every weight of a block counts, the gains of its norms as well.": by(
            lambda name: name.startswith("h.") and name.endswith("weight")
        ),
        "Every weight counts.": by(lambda name: name.endswith("weight")),
        "Everything in a block counts.": by(lambda name: name.startswith("h.")),
        "The two tables count as well.": together(lambda name: name.startswith("w")),
        "The table of tokens counts as well.": together(lambda name: name.startswith("wte")),
        "The table of positions counts as well.": together(lambda name: name.startswith("wpe")),
        "True and False have changed places.": by(lambda name: not is_map(name)),
        "Everything counts.": by(lambda name: True),
        "Nothing counts.": by(lambda name: False),
        "Only block 0 is looked at.": by(lambda name: is_map(name) and name.startswith(f"h.{first}.") and first == 0),
    }
    if long:
        mistakes["Blocks whose number has more than one digit are left out."] = by(
            lambda name: is_map(name) and int(name.split(".")[1]) < 10
        )
    expect_equal(answers, by(is_map), what="stored_transposed of all names", mistakes=mistakes)
