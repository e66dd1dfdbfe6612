"""What kind of file it is, told by its first bytes: scans, and what else lies about in folders."""

from pathlib import PurePath

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
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x00\x00\x00\x0cjP", "a JPEG 2000 picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"%!PS", "a PostScript file"),
    (b"AT&TFORM", "a DjVu document"),
    (b"MZ", "a program"),
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


def describe_foreign(head: bytes, path: PurePath) -> str:
    """Say what a file is that is no scan, and that its name promises one."""
    suffix = path.suffix.lower()
    despite = f" although its name ends in {suffix}" if suffix in SCAN_SUFFIXES else ""
    kind = _foreign_kind(head) or _guessed_kind(head)
    return f"this is {kind}{despite}, not a scan"


def _foreign_kind(head: bytes) -> str | None:
    return next((name for start, name in FOREIGN_KINDS if head.startswith(start)), None)


def _guessed_kind(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "a HEIC photo or a film"
    if not any(head):
        return "a file that was never written to (it holds zeros)"
    if all(byte >= ord(" ") or byte in PLAIN_CONTROLS for byte in head):
        return "a text file"
    return "a file of unknown kind"
