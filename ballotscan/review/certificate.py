"""A certificate for the pages in the local network, made at each start and never kept.

Browsers do not know it and warn; the people in the room compare the fingerprint that the warning
shows with the one that the program printed.
"""

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFETIME = dt.timedelta(days=2)  # longer than any count


@dataclass(frozen=True, slots=True)
class Certificate:
    """Key and certificate in PEM, and the SHA-256 of the certificate as browsers write it."""

    key: bytes
    chain: bytes
    fingerprint: str


def make_certificate(names: Iterable[str]) -> Certificate:
    """Make a self-signed certificate.

    Args:
        names: Every name and address of this machine under which pages are asked for.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ballotscan review")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is a little behind must not refuse it.
        .not_valid_before(now - dt.timedelta(hours=12))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    digest = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(private, certificate.public_bytes(serialization.Encoding.PEM), digest)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
