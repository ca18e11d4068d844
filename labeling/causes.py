"""What an entry of the book is for: kept in English, told in the language of whoever reads it.

What an entry was given stays in the book for good: a sentence here that was ever written is not
changed, or old entries are told in English.
"""

import re

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_noop

NOTED_ANSWER = gettext_noop("%(title)s, answer %(number)s: %(note)s")
ANSWER = gettext_noop("%(title)s, answer %(number)s")
ON_A_JURY = gettext_noop("%(title)s, on a jury")
STAKED = gettext_noop("stake of an appeal, %(title)s")
UNSTAKED = gettext_noop("stake that came back, %(title)s")
STAKE_BACK = gettext_noop("%(title)s, a stake given back")
OPENED = gettext_noop("opened %(number)s tasks")
OPENED_GOLD = gettext_noop("%(number)s answers to gold")
NOT_ASKED_FOR = gettext_noop("answers that are not asked for any more")
JURY_SECURED = gettext_noop("a jury, in case of an appeal")
JURY_NOT_NEEDED = gettext_noop("a jury that was not needed")
REJECTED = gettext_noop("%(number)s answers finally rejected")
OVERTURNED = gettext_noop("%(number)s answers whose rejection was overturned")

SENTENCES = (  # the first that fits
    *(STAKED, UNSTAKED, NOTED_ANSWER, ANSWER, ON_A_JURY, STAKE_BACK),
    *(OPENED, OPENED_GOLD, NOT_ASKED_FOR, JURY_SECURED, JURY_NOT_NEEDED, REJECTED, OVERTURNED),
)
VALUES = {"number": r"\d+"}
PLACE = re.compile(r"%\((\w+)\)s")


def worded(cause: str) -> str:
    """The cause of an entry in the language that is spoken now; as it is, if none of ours."""
    for sentence, written in READERS:
        if found := written.fullmatch(cause):
            return translate(sentence) % found.groupdict()
    return cause


def _reader(sentence: str) -> re.Pattern[str]:
    """Matches what was written by this sentence, with its values by name."""
    parts = PLACE.split(sentence)  # text and names by turns
    parts[::2] = [re.escape(text) for text in parts[::2]]
    parts[1::2] = [f"(?P<{name}>{VALUES.get(name, '.+')})" for name in parts[1::2]]
    return re.compile("".join(parts), re.DOTALL)


READERS = [(sentence, _reader(sentence)) for sentence in SENTENCES]
