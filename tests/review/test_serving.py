"""Where the pages can be opened: on this machine alone, unless told otherwise."""

import hashlib
import http.client
import runpy
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from ballotscan.errors import SettingsError
from ballotscan.review import serving
from ballotscan.review.app import Part
from ballotscan.review.certificate import make_certificate

SERVER = Path(__file__).parents[1] / "review_server.py"
hall = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "review_browser.py")))
PART = Part("", "/sign-in", [])


def test_the_server_listens_on_this_machine_alone(tmp_path):
    with hall.run_server(SERVER, tmp_path / "ledger.sqlite3", 1, 1) as address:
        place = urlsplit(address)

        assert place.hostname == "127.0.0.1"
        connection = http.client.HTTPConnection(place.netloc, timeout=30)
        connection.request("GET", "/review")
        assert connection.getresponse().status == 403
        connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process alone")
def test_ctrl_c_ends_the_server_cleanly(tmp_path):
    command = [sys.executable, str(SERVER), str(tmp_path / "ledger.sqlite3"), "1", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        connection = http.client.HTTPConnection(urlsplit(process.stdout.readline()).netloc)
        connection.request("GET", "/")  # answered: the server has begun to listen to signals, too
        connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()

    assert (process.returncode, errors) == (0, "")


def test_a_port_that_is_taken_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(SettingsError, match="--port"):
            serving.serve(
                [PART],
                language="en",
                log=Path("errors.log"),
                announce=lambda _door: None,
                port=taken.getsockname()[1],
            )


def test_the_line_to_other_machines_is_encrypted_and_has_the_printed_fingerprint(monkeypatch):
    doors, seen = [], {}

    def look(server, sockets):
        # The server is not run: what it was given is looked at instead.
        config = server.config
        config.load()
        seen["ssl"] = config.ssl
        seen["certificate"] = Path(config.ssl_certfile).read_bytes()
        seen["address"] = sockets[0].getsockname()[0]

    monkeypatch.setattr(serving.uvicorn.Server, "run", look)
    serving.serve(
        [PART],
        language="en",
        log=Path("errors.log"),
        announce=doors.append,
        is_lan=True,
        opens_browser=False,
    )
    certificate = x509.load_pem_x509_certificate(seen["certificate"])
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(seen["certificate"].decode())).hexdigest()

    assert isinstance(seen["ssl"], ssl.SSLContext)
    assert doors[0].fingerprint.replace(":", "").lower() == digest
    assert all(address.startswith("https://") for address in doors[0].addresses)
    assert seen["address"] == "0.0.0.0"  # noqa: S104 - asked for with is_lan
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "localhost" in names.get_values_for_type(x509.DNSName)


def test_two_starts_have_two_keys():
    assert (
        make_certificate(["127.0.0.1"]).fingerprint != make_certificate(["127.0.0.1"]).fingerprint
    )
