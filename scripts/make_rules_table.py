"""Write `docs/rules.md` from the presets of voting rules and the comments in their files.

Run it after a change of a preset: `python scripts/make_rules_table.py`. A test asserts that the page
is current.
"""

import json
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

from ballotscan.election.rules import list_rules, load_rules

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
HEADS = ("id", "title_en", "title_vi", "source")

_INTRODUCTION = """# Voting rules

Rules are data: each preset is one file in `ballotscan/election/rules/`, and this page is made from those
files by `scripts/make_rules_table.py`. Whoever needs other rules copies a file beside `election.toml`,
changes it, gives it an `id` of its own, and writes `rules = "our-rules.toml"` in the definition.

`ballotscan rules` lists the presets; `ballotscan rules explain vn-dang` says in words what makes a ballot
valid, in Vietnamese or English. What no source settles is left to the committee: `committee` means that
the program asks, and people decide.
"""


def read_comments(text: str) -> dict[str, str]:
    """The comment above each key; keys that follow each other without a blank line share theirs."""
    comments: dict[str, str] = {}
    block: list[str] = []
    depth, is_open = 0, False
    for line in text.splitlines():
        if depth == 0 and not line.strip():
            block, is_open = [], False
        elif depth == 0 and line.startswith("#"):
            if is_open:
                block, is_open = [], False
            block.append(line.lstrip("#").strip())
        elif depth == 0 and "=" in line:
            is_open = True
            comments[line.partition("=")[0].strip()] = " ".join(block)
        depth += line.partition("#")[0].count("[") - line.partition("#")[0].count("]")
    return comments


def make_page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, _overview()]
    parts += [_section(name) for name in list_rules()]
    return "\n".join(parts)


def _overview() -> str:
    lines = [
        "| preset | for | marked by | shares of | elected | equal votes |",
        "|---|---|---|---|---|---|",
    ]
    for name in list_rules():
        rules = load_rules(name)
        markings = ", ".join(f"`{marking.value}`" for marking in rules.markings)
        lines.append(
            f"| [`{name}`](#{name}) | {rules.title_en} | {markings} | {rules.base.value} "
            f"| {rules.threshold.value} | {rules.tie.value} |"
        )
    return "\n".join(lines) + "\n"


def _section(name: str) -> str:
    text = (files("ballotscan.election") / "rules" / f"{name}.toml").read_text(encoding="utf-8")
    table, comments = tomllib.loads(text), read_comments(text)
    lines = [
        f"## {name}",
        "",
        f"{table['title_en']}. *{table['title_vi']}.*",
        "",
        f"{comments_at_the_head(text)}",
        "",
        "| key | value | where it comes from |",
        "|---|---|---|",
    ]
    for key, value in table.items():
        if key not in HEADS:
            shown = json.dumps(value, ensure_ascii=False).replace('"', "")
            lines.append(f"| `{key}` | {shown} | {comments[key].replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def comments_at_the_head(text: str) -> str:
    """The comment with which a file begins, as one paragraph a block."""
    head = text[: text.index("id = ")]
    blocks = head.replace("#\n", "\n").split("\n\n")
    return "\n\n".join(
        " ".join(line.lstrip("#").strip() for line in block.splitlines()) for block in blocks
    ).strip()


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
