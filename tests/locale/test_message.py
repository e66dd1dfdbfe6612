import pickle
from pathlib import Path

import numpy as np
import pytest

from ballotscan.errors import ScanError
from ballotscan.locale.message import (
    Message,
    Sequel,
    keep_words,
    message,
    one_after_another,
    recall_words,
)

VIETNAMESE = {
    "only {share:.1%} of {what} is there": "chỉ thấy {share:.1%} của {what}",
    "page {page}": "trang {page}",
    "{file}: broken": "{file}: hỏng",
}

WORDS = [
    "",
    "a plain sentence",
    "{a brace} begins it",
    '{"text": 1}',
    message(
        "only {share:.1%} of {what} is there", share=0.125, what=message("page {page}", page=2)
    ),
    one_after_another([message("page {page}", page=1), "x", 3], before="- ", between="; "),
    message("{file}: broken", file=Path("a b/tờ 1.jpg")),
    message("{file}: broken", file=ScanError(message("page {page}", page=7))),
    message("only {share:.1%} of {what} is there", share=np.float32(0.5), what=np.int64(4)),
]


def in_vietnamese(text):
    return VIETNAMESE.get(text, text)


@pytest.mark.parametrize("words", WORDS, ids=str)
def test_kept_words_say_the_same_in_every_language(words):
    recalled = recall_words(keep_words(words))

    assert str(recalled) == str(words)
    if isinstance(words, Message | Sequel):
        assert recalled.say(in_vietnamese) == words.say(in_vietnamese) != str(words)


def test_words_kept_twice_are_kept_alike():
    kept = keep_words(message("page {page}", page=2))

    assert keep_words(recall_words(kept)) == kept


def test_a_message_crosses_to_another_process():
    sent = message("page {page}", page=2)

    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301
