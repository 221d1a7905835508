"""The emulator's own certificate authority, and the certificate that it gives the server.

Kept beside the database file, readable by its owner only, so that a restart needs no new trust.
Imports nothing of the package.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_YEARS = timedelta(days=3650)
# Some clients refuse a server's certificate that lives longer.
_SERVER_LIFE = timedelta(days=397)


class Authority:
    """A certificate authority in one file: its key, then its certificate."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            _write(path, _new_authority())
        text = path.read_bytes()
        self._key = serialization.load_pem_private_key(text, None)
        self._certificate = x509.load_pem_x509_certificate(text[text.index(b"-----BEGIN CERTIFICATE") :])

    @property
    def pem(self) -> str:
        """Return the certificate that clients have to trust."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def context(self, names: Iterable[str]) -> ssl.SSLContext:
        """Return a server's TLS with a certificate for these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # The ssl module takes files only; this one is gone as soon as it is read.
        with tempfile.NamedTemporaryFile() as file:
            file.write(self._server(names))
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def _server(self, names: Iterable[str]) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([_name(name) for name in dict.fromkeys(names)])
        builder = _builder("ecs-emulator", self._certificate.subject, _SERVER_LIFE).public_key(
            key.public_key()
        )
        builder = builder.add_extension(alternatives, critical=False)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(usage, critical=False)
        builder = builder.add_extension(_authority_id(self._certificate), critical=False)
        assert isinstance(self._key, ec.EllipticCurvePrivateKey)
        certificate = builder.sign(self._key, hashes.SHA256())
        return _private(key) + certificate.public_bytes(serialization.Encoding.PEM)


def beside(database: Path) -> Path:
    """Return where the authority of a database is kept."""
    return database.with_name(f"{database.name}.ca.pem")


def _new_authority() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ecs-emulator test authority")])
    builder = _builder("ecs-emulator test authority", name, _YEARS).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    builder = builder.add_extension(_signs(), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    return _private(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _signs() -> x509.KeyUsage:
    no = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **no)


def _authority_id(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


def _builder(common_name: str, issuer: x509.Name, life: timedelta) -> x509.CertificateBuilder:
    # The wall clock, not the emulator's: clients judge a certificate by their own.
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + life)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, and never readable by others, not for a moment.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    unfinished.replace(path)
