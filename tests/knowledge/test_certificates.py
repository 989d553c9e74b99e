"""HTTPS over real sockets: the certificate is judged by the name in the address."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from knowledge.errors import FetchRefused
from knowledge.web.fetching import FetchLimits, Page, fetch
from tests.web_server import WebServer


def make_certificate(folder: Path, name: str) -> Path:
    """A key and a self-signed certificate for a host name, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), "wiki.lan")


@pytest.fixture(scope="module")
def server(certificate: Path) -> Iterator[WebServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with WebServer(tls=context) as server:
        server.page("/", "<p>hello</p>")
        yield server


def get(server: WebServer, host: str) -> Page:
    limits = FetchLimits(allowed_hosts=frozenset({f"{host}:{server.port}"}), seconds=5)
    return fetch(server.url("/", host), limits, resolve=lambda name: ["127.0.0.1"])


def test_a_certificate_for_the_name_is_accepted_at_the_pinned_address(
    server: WebServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # how an admin trusts an authority

    assert get(server, "wiki.lan").body == b"<p>hello</p>"


def test_a_certificate_for_another_name_is_refused(
    server: WebServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    seen = len(server.requests)

    with pytest.raises(FetchRefused, match="certificate is not valid for it"):
        get(server, "other.lan")

    assert len(server.requests) == seen


def test_a_certificate_nobody_vouches_for_is_refused(server: WebServer) -> None:
    with pytest.raises(FetchRefused, match="certificate is not valid for it"):
        get(server, "wiki.lan")


def test_a_handshake_that_never_ends_ends_on_time() -> None:
    with WebServer() as plain:  # it waits for a request line that TLS never sends
        limits = FetchLimits(allowed_hosts=frozenset({plain.host}), seconds=0.5)
        with pytest.raises(FetchRefused, match="within"):
            fetch(f"https://{plain.host}/", limits)


def test_a_redirect_from_https_to_http_is_followed_and_told(
    server: WebServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with WebServer() as plain:
        end = plain.page("/end", "<p>end</p>")
        server.page("/down", "", 302, Location=end)
        hosts = frozenset({plain.host, f"wiki.lan:{server.port}"})
        limits = FetchLimits(allowed_hosts=hosts, seconds=5)

        page = fetch(server.url("/down", "wiki.lan"), limits, resolve=lambda name: ["127.0.0.1"])

    assert page.url == end
