"""A base model knows the capitals and doesn't answer; tuned on other countries, it answers."""

from autograder.experiments import require

from ._shared import EXAMPLES, MAX_NEW_TOKENS, answer_all, as_chat, draw_bars, evaluate, questions, trainable, tune

CLAIM = (
    'A base model completes "The capital of X is" and continues a question instead of answering it; tuned, it answers'
)
NEEDS = ("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply")
COLUMNS = ("", "share of 60 capitals")


def measure(student, backbone, seed, track):
    from autograder.backbone import split_countries

    countries = split_countries("test", seed)[:60]
    asked = [
        {"instruction": f"What is the capital of {one.name}?", "output": f"The capital of {one.name} is {one.capital}."}
        for one in countries
    ]
    model, tokenizer = trainable(student, backbone)
    # The base model completes
    completes = share_completed(student, model, tokenizer, countries)
    require(completes > 0.9, f"it completes {completes:.0%} of the capitals, less than 90%.")
    # It is asked
    prompts = [tokenizer(row["instruction"])["input_ids"] for row in asked]
    replies = answer_all(student, model, tokenizer, prompts, MAX_NEW_TOKENS, stops=())
    texts = [tokenizer.decode(reply) for reply in replies]
    # It is tuned on other countries, and asked again
    examples = [as_chat(student, tokenizer, row) for row in questions("train", EXAMPLES, seed)]
    tune(student, model, list(track(examples, "tuning")), seed)
    return {
        "completes": completes,
        "answers": sum(one.capital in text for one, text in zip(countries, texts, strict=True)) / len(countries),
        "asks": sum("?" in text for text in texts) / len(countries),
        "tuned_answers": evaluate(student, model, tokenizer, asked)["right"],
    }


def share_completed(student, model, tokenizer, countries) -> float:
    """Share of countries whose capital the model puts behind "The capital of X is"."""
    from autograder.backbone import fact_prompt

    prompts = [tokenizer(fact_prompt(country, "capital"))["input_ids"] for country in countries]
    replies = answer_all(student, model, tokenizer, prompts, 8, stops=())
    texts = [tokenizer.decode(reply).strip() for reply in replies]
    return sum(text.startswith(one.capital) for text, one in zip(texts, countries, strict=True)) / len(countries)


def rows(figures):
    yield 'base completes "The capital of X is"', round(figures.completes, 2)
    yield 'base answers "What is the capital of X?"', round(figures.answers, 2)
    yield "base goes on with another question", round(figures.asks, 2)
    yield "tuned on other countries, it answers", round(figures.tuned_answers, 2)


def claims(figures):
    # Five seeds: 1.00 completed, 0.02 to 0.03 answered, 1.00 go on with a question; tuned, 0.78 to 0.87 answered.
    yield (
        figures.answers <= 0.15,
        f"it completes {figures.completes:.2f} of the capitals and answers {figures.answers:.2f} when asked",
    )
    yield figures.asks >= 0.9, f"behind a question it goes on with another one in {figures.asks:.2f} of the cases"
    yield figures.tuned_answers >= 0.65, f"tuned on other countries it answers {figures.tuned_answers:.2f}"


def draw(axes, figures):
    bars = {
        "base completes": figures.completes,
        "base answers": figures.answers,
        "base asks on": figures.asks,
        "tuned answers": figures.tuned_answers,
    }
    draw_bars(axes, bars, "share of capitals")
