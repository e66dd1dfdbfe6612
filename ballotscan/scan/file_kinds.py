"""What kind of file it is, told by its first bytes: scans, and what else lies about in folders."""

from pathlib import PurePath

from ballotscan.locale.catalogue import phrase
from ballotscan.locale.message import Message, message

HEAD_BYTES = 1024  # readers look for "%PDF-" so far (Adobe, PDF Reference 1.7, appendix H, note 13)

SCAN_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".pdf"})

SCAN_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # BigTIFF
    (b"MM\0+", "TIFF"),
)

FOREIGN_KINDS = (
    (b"GIF8", phrase("a GIF picture")),
    (b"PK\x03\x04", phrase("a ZIP archive or an office document")),
    (b"\xd0\xcf\x11\xe0", phrase("an office document")),
    (b"\x00\x00\x00\x0cjP", phrase("a JPEG 2000 picture")),
    (b"8BPS", phrase("a Photoshop picture")),
    (b"%!PS", phrase("a PostScript file")),
    (b"AT&TFORM", phrase("a DjVu document")),
    (b"MZ", phrase("a program")),
)

PLAIN_CONTROLS = b"\t\n\r\f"


def scan_kind(head: bytes) -> str | None:
    """Return JPEG, PNG, TIFF, WEBP, BMP or PDF, or None for what is no scan."""
    for start, name in SCAN_SIGNATURES:
        if head.startswith(start):
            return name
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    # The two letters alone begin many a text; the four bytes are reserved and always zero.
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "BMP"
    return "PDF" if b"%PDF-" in head and _foreign_kind(head) is None else None


def describe_foreign(head: bytes, path: PurePath) -> Message:
    """Say what a file is that is no scan, and that its name promises one."""
    suffix = path.suffix.lower()
    kind = Message(_foreign_kind(head) or _guessed_kind(head))
    if suffix in SCAN_SUFFIXES:
        return message(
            "this is {kind} although its name ends in {suffix}, not a scan",
            kind=kind,
            suffix=suffix,
        )
    return message("this is {kind}, not a scan", kind=kind)


def _foreign_kind(head: bytes) -> str | None:
    return next((name for start, name in FOREIGN_KINDS if head.startswith(start)), None)


def _guessed_kind(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return phrase("a HEIC photo or a film")
    if not any(head):
        return phrase("a file that was never written to (it holds zeros)")
    if all(byte >= ord(" ") or byte in PLAIN_CONTROLS for byte in head):
        return phrase("a text file")
    return phrase("a file of unknown kind")
