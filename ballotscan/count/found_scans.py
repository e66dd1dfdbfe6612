"""Where the scan files of a ledger lie now: looked for when they are asked for, and not before."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ballotscan.errors import ScanError
from ballotscan.scan.reader import ReaderOptions, ScanFile, inspect_scan
from ballotscan.store.ledger import ScanEntry


class FoundScans(Mapping[str, ScanFile]):
    """Scan files by their hash; one that has gone, or is another file now, is not among them."""

    def __init__(self, root: Path, scans: Mapping[str, ScanEntry], options: ReaderOptions) -> None:
        """Look for files.

        Args:
            root: The election folder, which sources are named from.
            scans: Every scan on record, by hash.
            options: What a scan may be.
        """
        self._root = root
        self._scans = scans
        self._options = options
        self._found: dict[str, ScanFile] = {}

    def __getitem__(self, sha256: str) -> ScanFile:
        """The file with this hash.

        Raises:
            KeyError: It does not lie where it was counted, or has been changed.
        """
        if sha256 not in self._found:
            try:
                file = inspect_scan(self._root / self._scans[sha256].source, self._options)
            except ScanError as error:
                raise KeyError(sha256) from error
            if file.sha256 != sha256:
                raise KeyError(sha256)
            self._found[sha256] = file
        return self._found[sha256]

    def __iter__(self) -> Iterator[str]:
        """Every hash whose file is there; reads all of them."""
        return (sha256 for sha256 in self._scans if sha256 in self)

    def __len__(self) -> int:
        """How many are there; reads all of them."""
        return sum(1 for _ in self)
