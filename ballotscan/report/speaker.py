"""Words and numbers in the language of the election."""

from ballotscan.locale.catalogue import Translate, translator
from ballotscan.locale.formats import format_count, format_share


class Speaker:
    """Words and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.translate: Translate = translator(language)

    def number(self, count: int) -> str:
        """A count as it is written."""
        return format_count(count, self.language)

    def share(self, part: int, whole: int | None) -> str:
        """A share as it is written."""
        return format_share(part, whole or 0, self.language)


def name_figure(key: str, speaker: Speaker) -> str:
    """What a number of `[attendance]` is called."""
    _ = speaker.translate
    names = {
        "convened": _("Convened"),
        "present": _("Present"),
        "issued": _("Ballots issued"),
        "collected": _("Ballots collected"),
        "base": _("Base of the percentage"),
    }
    return names.get(key, key)
