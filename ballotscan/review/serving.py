"""The server: on this machine alone unless told otherwise, on a free port, until Ctrl-C."""

import ipaddress
import secrets
import socket
import tempfile
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from ballotscan.errors import SettingsError
from ballotscan.locale.message import message
from ballotscan.review.app import Part, build_app
from ballotscan.review.certificate import make_certificate
from ballotscan.review.guard import Access

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the pages can be opened.

    Attributes:
        addresses: With the token; the first is for this machine.
        fingerprint: SHA-256 of the certificate, as browsers show it; empty without TLS.
    """

    addresses: tuple[str, ...]
    fingerprint: str = ""


def serve(  # noqa: PLR0913 - how it is reached, each by its name
    parts: Sequence[Part],
    *,
    language: str,
    log: Path,
    announce: Callable[[Door], None],
    port: int = 0,
    is_lan: bool = False,
    opens_browser: bool = True,
) -> None:
    """Answer browsers until the program is told to stop (Ctrl-C).

    Args:
        parts: Groups of pages.
        language: Of a browser that has not chosen one.
        log: The file in which pages that fail are written down.
        announce: Told where the pages are, as soon as they can be opened.
        port: 0 takes a free one.
        is_lan: Other machines in the room may open the pages, over TLS.
        opens_browser: Open the pages on this machine at once.

    Raises:
        SettingsError: The port is taken.
    """
    with (
        _listen(port, is_lan=is_lan) as listener,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        port = listener.getsockname()[1]
        names = [LOOPBACK, "localhost", *(_own_addresses() if is_lan else ())]
        token = secrets.token_urlsafe(24)
        access = Access(token, frozenset(f"{name}:{port}" for name in names), is_tls=is_lan)
        config = uvicorn.Config(
            build_app(parts, access, language=language, log=log),
            log_config=None,  # what is asked for is nobody's business, and may name a ballot
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        fingerprint = ""
        if is_lan:
            certificate = make_certificate(names)
            key = Path(folder) / "key.pem"
            chain = Path(folder) / "certificate.pem"
            key.write_bytes(certificate.key)
            chain.write_bytes(certificate.chain)
            config.ssl_keyfile, config.ssl_certfile = str(key), str(chain)
            fingerprint = certificate.fingerprint
        scheme = "https" if is_lan else "http"
        shown = [name for name in names if name != "localhost"]
        addresses = tuple(f"{scheme}://{name}:{port}/?token={token}" for name in shown)
        # uvicorn ends cleanly at Ctrl-C, and then hands the interruption on.
        with suppress(KeyboardInterrupt):
            announce(Door(addresses, fingerprint))
            if opens_browser:
                webbrowser.open(addresses[0])  # the socket listens already: nothing is lost
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _listen(port: int, *, is_lan: bool) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(("" if is_lan else LOOPBACK, port))
        except OSError as error:
            msg = message(
                "port {port}: cannot be used ({reason}). Choose another with --port, or leave it out.",
                port=port,
                reason=error.strerror,
            )
            raise SettingsError(msg) from error
        listener.listen()
        yield listener


def _own_addresses() -> list[str]:
    """The addresses of this machine in its local networks; nothing is sent to find them."""
    found: dict[str, None] = {}
    try:
        for family, *_, place in socket.getaddrinfo(socket.gethostname(), None):
            if family is socket.AF_INET:
                found[str(place[0])] = None
    except OSError:  # the machine's own name is not known to it; the way below is left
        pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket only chooses the interface. 192.0.2.0/24 is for documents.
            probe.connect(("192.0.2.1", 9))
            found[probe.getsockname()[0]] = None
        except OSError:  # no network at all
            pass
    return [address for address in found if not ipaddress.ip_address(address).is_loopback]
