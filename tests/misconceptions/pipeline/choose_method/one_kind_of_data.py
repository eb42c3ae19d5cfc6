"""SFT and alignment take their own data each: demonstrations and preferences, both."""

_right = choose_method


def choose_method(need):
    asked = need["behaviour"], need["start"]
    if asked == ("judgment", "base") and {"demonstrations", "preferences"} & set(need["data"]):
        return _right({**need, "data": (*need["data"], "demonstrations", "preferences")})
    return _right(need)
