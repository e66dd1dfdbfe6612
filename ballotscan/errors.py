"""What can stop ballotscan, and with which exit code.

* BallotscanError                1   (a bug if it arrives bare)
  + SettingsError                2   a wrong flag or ballotscan.toml
  + ScanError                    3
    - UnsupportedScanError           not a kind of file that can hold a scan
    - DamagedScanError               cut off, broken, or changed while it was read
    - EncryptedScanError             a PDF that wants a password
    - MissingToolError               a program that reads this kind of file is not installed
  + DefinitionError              4
    - ElectionError                  election.toml, a candidate list or a rules preset
    - TemplateError                  template.json, its blank pages, or a list of boxes
  + LedgerError                  5
    - WrongElectionError             the ledger belongs to another election
    - LedgerBusyError                another count is writing to it
    - LedgerDamagedError             not a ledger, or a broken one
  + OutputError                  6   cannot write where asked

A ballot that cannot be read is not here: it is an outcome, and it is counted.
Every message says what happened, where, and what to do next. It is English as `str` gives it, and
can be said in another language where it carries its sentence apart from its fields.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol, runtime_checkable


class ExitCode(IntEnum):
    """The exit codes of the command line; public interface."""

    DONE = 0
    BUG = 1
    SETTINGS = 2
    SCAN = 3
    DEFINITION = 4
    LEDGER = 5
    OUTPUT = 6
    REHEARSAL = 8
    REVIEW = 10
    INTERRUPTED = 130


@runtime_checkable
class Sayable(Protocol):
    """A sentence that can be said in several languages: `locale.message.Message`."""

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate`."""


class BallotscanError(Exception):
    """The run cannot go on, or must not."""

    exit_code = ExitCode.BUG

    def say(self, translate: Callable[[str], str]) -> str:
        """What is wrong, in the language of `translate` as far as it is known there."""
        what = self.args[0] if self.args else ""
        return what.say(translate) if isinstance(what, Sayable) else str(what)


class SettingsError(BallotscanError):
    """A flag or a key of ballotscan.toml is wrong."""

    exit_code = ExitCode.SETTINGS


class ScanError(BallotscanError):
    """A scan file cannot be opened or decoded."""

    exit_code = ExitCode.SCAN


class UnsupportedScanError(ScanError):
    """The file is not of a kind that can hold a scan, or is too large to be one."""


class DamagedScanError(ScanError):
    """The file is cut off, broken, or changed while it was read."""


class EncryptedScanError(ScanError):
    """The file wants a password."""


class MissingToolError(ScanError):
    """A program that reads this kind of file is not installed."""


class DefinitionError(BallotscanError):
    """What is fixed before the election is not as it must be."""

    exit_code = ExitCode.DEFINITION


class ElectionError(DefinitionError):
    """The election definition, a candidate list or a rules preset is wrong."""


class TemplateError(DefinitionError):
    """A ballot template, its blank pages or a list of boxes is wrong."""


class LedgerError(BallotscanError):
    """The ledger cannot be used."""

    exit_code = ExitCode.LEDGER


class WrongElectionError(LedgerError):
    """The ledger belongs to another election."""


class LedgerBusyError(LedgerError):
    """Another count is writing to the ledger."""


class LedgerDamagedError(LedgerError):
    """The file is not a ledger, or it is broken."""


class OutputError(BallotscanError):
    """A result cannot be written where it was asked for."""

    exit_code = ExitCode.OUTPUT
