"""Of a response that stands twice one is never judged."""

_right = make_preference_pairs


def make_preference_pairs(prompts, responses, score):
    judged = {}

    def once(prompt, response):
        if (prompt, response) not in judged:
            judged[prompt, response] = score(prompt, response)
        return judged[prompt, response]

    return _right(prompts, responses, once)
