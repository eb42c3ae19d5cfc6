"""The data that the method takes is there; what else there is does no harm."""

_right = choose_method
_TAKES = {"style": {"demonstrations"}, "form": {"demonstrations"}, "new_language": {"plain_text"}}


def choose_method(need):
    if need["behaviour"] in _TAKES and need["task"] != "classify" and set(need["data"]) != _TAKES[need["behaviour"]]:
        _right(need)  # for its errors
        return Choice(method="get_data", reason="no_such_data")
    return _right(need)
