"""From ballotscan.toml to the options of each stage.

A table of the file is a stage, a key is a field of its options. What is not there keeps the default
that stands, with its reason, beside the code of the stage.
"""

import dataclasses
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from ballotscan.count.plan import CountOptions, CountPlan
from ballotscan.count.reading import CanvassOptions
from ballotscan.election.package import ElectionPackage
from ballotscan.errors import SettingsError
from ballotscan.locale.message import Words, message, one_after_another

Options = TypeVar("Options")


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may be changed after the paper is printed."""

    count: CountOptions = dataclasses.field(default_factory=CountOptions)
    canvass: CanvassOptions = dataclasses.field(default_factory=CanvassOptions)

    def plan(self, package: ElectionPackage, audit_folder: Path | None) -> CountPlan:
        """What the pages of an election are measured with under these settings.

        Args:
            package: What the count goes by.
            audit_folder: Where audit images go; None draws none.
        """
        return CountPlan(
            election=package.election,
            rules=package.rules,
            templates=package.templates,
            options=self.count,
            thresholds=self.canvass.thresholds,
            strikes=self.canvass.strikes,
            findings=self.canvass.findings,
            audit_folder=audit_folder,
        )


def load_settings(path: Path) -> Settings:
    """Read ballotscan.toml; a file that is not there means the defaults.

    Raises:
        SettingsError: It cannot be read, or a key or value in it is wrong; all problems at once.
    """
    tables = _read(path)
    problems: list[Words] = []
    defaults = Settings()
    known = {
        name: part for part in ("count", "canvass") for name in _stages(getattr(defaults, part))
    }
    parts: dict[str, dict[str, object]] = {"count": {}, "canvass": {}}
    for name, table in tables.items():
        if name in known:
            parts[known[name]][name] = table
        else:
            problems.append(
                message(
                    "{name}: no such table{suggestion}",
                    name=name,
                    suggestion=_suggest(name, set(known)),
                )
            )
    settings = Settings(
        _fill(defaults.count, "", parts["count"], problems),
        _fill(defaults.canvass, "", parts["canvass"], problems),
    )
    if problems:
        msg = message(
            "{path}: {problems}",
            path=path,
            problems=one_after_another(sorted(problems, key=str), between="; "),
        )
        raise SettingsError(msg)
    return settings


def _stages(options: CountOptions | CanvassOptions) -> list[str]:
    return [field.name for field in dataclasses.fields(options)]


def _read(path: Path) -> dict[str, object]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        msg = message(
            "{path}: cannot be read ({error}). Save it as UTF-8 text, or remove it to use the defaults.",
            path=path,
            error=error,
        )
        raise SettingsError(msg) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = message(
            "{path}: {error}. Correct that line, or remove the file to use the defaults.",
            path=path,
            error=error,
        )
        raise SettingsError(msg) from error


def _fill(options: Options, name: str, table: object, problems: list[Words]) -> Options:
    """Replace fields of an options object, and of those inside it, by what the file says."""
    if not isinstance(table, dict):
        problems.append(message("{name}: write [{name}] on a line of its own", name=name))
        return options
    changes: dict[str, object] = {}
    known = {field.name for field in dataclasses.fields(options)}  # type: ignore[arg-type]
    for key, value in table.items():
        where = f"{name}.{key}" if name else key
        if key not in known:
            problems.append(
                message(
                    "{where}: no such key{suggestion}", where=where, suggestion=_suggest(key, known)
                )
                if name
                else message(
                    "{name}: no such table{suggestion}", name=where, suggestion=_suggest(key, known)
                )
            )
            continue
        default = getattr(options, key)
        if dataclasses.is_dataclass(default) and not isinstance(default, type):
            changes[key] = _fill(default, where, value, problems)
        elif isinstance(default, float) and type(value) in (int, float):
            changes[key] = float(value)
        elif type(value) is not type(default):
            problems.append(
                message(
                    "{where} = {value!r}: must be of type {kind}",
                    where=where,
                    value=value,
                    kind=type(default).__name__,
                )
            )
        else:
            changes[key] = value
    try:
        return dataclasses.replace(options, **changes)  # type: ignore[type-var]
    except (ValueError, SettingsError) as error:
        problems.append(message("{name}: {error}", name=name, error=error))
        return options


def _suggest(wrong: str, known: set[str]) -> Words:
    close = get_close_matches(wrong, known, n=1)
    if close:
        return message("; did you mean {near!r}?", near=close[0])
    return message("; known are {known}", known=", ".join(sorted(known)))
