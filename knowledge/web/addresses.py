"""Which addresses of the web may be opened. Decides by what is allowed, never by what is known
to be bad; opens nothing itself. Standard library and idna only.

Python's own `is_global` is no rule to build on: it calls 192.0.0.192 (a metadata service),
224.0.0.1, 64:ff9b::7f00:1, 2002:7f00:1:: and fec0::1 global.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import quote, urljoin

from knowledge.errors import FetchRefused

MAX_URL = 4_000
"""Longest URL taken, in characters. Chrome shows 2,083, servers commonly take 8,000."""

PORTS = frozenset({80, 443, 8080, 8443})
"""Where web servers listen. Everything else is more likely a database or a mail server."""

_DEFAULT_PORTS = {"http": 80, "https": 443}

# IANA IPv4 Special-Purpose Address Registry (read November 2026), multicast and class E, and
# 168.63.129.16: public by number, but inside Azure it is the host's own service.
_SPECIAL_4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12
192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16
192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
"""
_NOT_PUBLIC_4 = tuple(map(IPv4Network, _SPECIAL_4.split()))

# 2000::/3 is all that is given out as global unicast; the rest of the list is what the IANA IPv6
# Special-Purpose Address Registry takes out of it again: protocol assignments with Teredo and
# ORCHID, documentation, 6to4 (which carries any IPv4 address inside), AS112, the former 6bone.
_PUBLIC_6 = IPv6Network("2000::/3")
_SPECIAL_6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20"
_NOT_PUBLIC_6 = tuple(map(IPv6Network, _SPECIAL_6.split()))
_NAT64 = IPv6Network("64:ff9b::/96")

# What an admin may open to a host named in FETCH_ALLOWED_HOSTS: the addresses of a machine's own
# and of local networks. Link-local stays shut: cloud metadata services live there.
_OWN_4 = "10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16"
_LOCAL_4 = tuple(map(IPv4Network, _OWN_4.split()))
_LOCAL_6 = (IPv6Network("::1/128"), IPv6Network("fc00::/7"))
_METADATA = {IPv4Address("100.100.100.200"), IPv6Address("fd00:ec2::254")}

# RFC 6761, 6762, 7686, 8375, 9476 and ICANN's reserved `internal`: never names of the public web.
_LOCAL_NAMES = {
    "alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local",
    "localdomain", "localhost", "mail", "onion", "private", "test",
}  # fmt: skip

_URL = re.compile(r"(?i)(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_WITHOUT_CREDENTIALS = re.compile(r"//[^/?#]*@")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_QUAD = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes: parts of a URL that are safe to send."""

    scheme: str
    host: str
    """ASCII, lower case, without a final dot; an IPv6 address without its brackets."""
    port: int
    path: str
    """Path and query, percent-encoded, at least "/"."""
    allowed: bool
    """Whether an admin has named this host: it may be on a local network."""

    @property
    def netloc(self) -> str:
        """The host as a Host header wants it: default ports left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address in full, without a fragment."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def target(
    url: str, *, ports: Collection[int] = PORTS, allowed_hosts: Collection[str] = ()
) -> Target:
    """Read a URL strictly; its fragment is dropped.

    An entry of allowed_hosts is a host ("wiki.lan") or a host with a port ("127.0.0.1:8000");
    the latter opens that port too.

    Raises FetchRefused for another scheme, credentials, a port off the list, a host that is no
    public name, an address that is not public or not written plainly, and anything malformed.
    """
    url = url.strip()
    shown = show(_WITHOUT_CREDENTIALS.sub("//", url[:1_000]))
    if len(url) > MAX_URL:
        raise FetchRefused(f"{shown}: the address is longer than {MAX_URL:,} characters.")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in url):
        raise FetchRefused(f"{shown}: the address holds invisible characters. Type it out.")
    match = _URL.fullmatch(url)
    if not match:
        raise FetchRefused(
            f"{shown}: this is not a web address. It must begin with https:// or http://."
        )
    scheme, authority = match[1].lower(), match[2]
    if "@" in authority:
        raise FetchRefused(
            f"{show(authority.rpartition('@')[2])}: the address carries a user name or a password. "
            "Leave that part out."
        )
    if "\\" in authority + match[3] or any(c.isspace() or c in "%<>^`{|}\"'" for c in authority):
        raise FetchRefused(f"{shown}: the address is malformed. Check it in a browser.")
    name, port = _split(authority, shown)
    host = _host(name, shown)
    port = port or _DEFAULT_PORTS[scheme]
    named = _named(allowed_hosts)
    exact = f"{host}|{port}" in named
    if port not in ports and not exact:
        raise FetchRefused(
            f"{show(host)}: port {port} is not one that web pages are fetched from "
            f"({', '.join(map(str, sorted(ports)))}). An admin can allow it in FETCH_PORTS, or for "
            "this host alone in FETCH_ALLOWED_HOSTS."
        )
    path = quote(match[3] or "/", safe="/%:@!$&'()*+,;=-._~[]|")
    if match[4]:
        path += "?" + quote(match[4][1:], safe="/%:@!$&'()*+,;=-._~[]|?")
    found = Target(scheme, host, port, path, allowed=exact or f"{host}|" in named)
    _check_name(found)
    return found


def follow(here: Target, location: str) -> str:
    """The URL that a redirect's Location means, as seen from here.

    Raises FetchRefused if it means nothing.
    """
    try:
        return urljoin(here.url, location.strip())
    except ValueError as error:
        raise FetchRefused(
            f"{show(here.host)}: the server passes the address on to a malformed one."
        ) from error


def check(address: str, found: Target) -> str:
    """The address to connect to, in its plain form, if it may be opened for this target.

    Raises FetchRefused, without naming the address, if it is not public.
    """
    try:
        parsed = _unwrap(address)
    except ValueError:
        parsed = None
    if parsed is not None and (is_public(parsed) or (found.allowed and _is_local(parsed))):
        return str(parsed)
    raise FetchRefused(
        f"{show(found.host)}: this host is not on the public web, so it was not opened. "
        "An admin can allow it in FETCH_ALLOWED_HOSTS."
    )


def is_public(address: Address) -> bool:
    """Say whether an address is a public unicast one. Wrapped IPv4 counts by what is inside."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_4)
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        # IPv6-only networks reach every IPv4 site through these (RFC 6052).
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if int(address) >> 32 & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE):  # ISATAP, RFC 5214
        return False
    return address in _PUBLIC_6 and not any(address in block for block in _NOT_PUBLIC_6)


def show(text: str) -> str:
    """Text fit for a message: one line of at most 200 visible characters."""
    kept = (c if unicodedata.category(c)[0] != "C" else "�" for c in text[:1_000])
    line = " ".join("".join(kept).split())
    return line if len(line) <= 200 else line[:199] + "…"


def _unwrap(address: str) -> Address | None:
    """The address an odd form stands for; None where it has a zone."""
    if ":" not in address:
        return IPv4Address(address)
    six = IPv6Address(address)
    if six.scope_id is not None:
        return None
    return six.ipv4_mapped or six


def _is_local(address: Address) -> bool:
    if address in _METADATA:
        return False
    if isinstance(address, IPv4Address):
        return any(address in block for block in _LOCAL_4)
    return any(address in block for block in _LOCAL_6)


def _split(authority: str, shown: str) -> tuple[str, int | None]:
    """Host and port of an authority; the port is None where there is none."""
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::([0-9]{0,5}))?", authority, re.ASCII)
    if not match:
        raise FetchRefused(f"{shown}: the address names no host. Check it in a browser.")
    port = int(match[2]) if match[2] else None
    if port is not None and not 0 < port < 65536:
        raise FetchRefused(f"{shown}: there is no port {port}.")
    return match[1], port


def _host(name: str, shown: str) -> str:
    """A host in its one plain spelling."""
    if name.startswith("["):
        try:
            return str(IPv6Address(name[1:-1]))
        except ValueError as error:
            raise FetchRefused(f"{shown}: this is no valid address.") from error
    if not name.isascii():
        import idna

        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise FetchRefused(f"{shown}: this is no valid host name.") from error
    host = name.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise FetchRefused(f"{shown}: this is no valid host name.")
    if _NUMBER.fullmatch(labels[-1]):
        # 2130706433, 0x7f.1 and 127.1 are 127.0.0.1 to a browser; nobody links to such a thing.
        if not _QUAD.fullmatch(host) or any(int(label) > 255 for label in labels):
            raise FetchRefused(
                f"{shown}: the host is a number in an unusual spelling. Write its name."
            )
        return host
    return host


def _check_name(found: Target) -> None:
    """Refuse hosts that cannot be public, before anything is looked up."""
    host = found.host
    if ":" in host or _QUAD.fullmatch(host):
        check(host, found)
    elif not found.allowed and ("." not in host or host.rsplit(".", 1)[1] in _LOCAL_NAMES):
        raise FetchRefused(
            f"{show(host)}: this is not a name of the public web. "
            "An admin can allow it in FETCH_ALLOWED_HOSTS."
        )


def _named(entries: Collection[str]) -> set[str]:
    """Allowed hosts as "host|port" or "host|". An entry that makes no sense is a usage fault.

    Raises FetchRefused that names the entry.
    """
    named = set()
    for entry in entries:
        if entry.strip():
            shown = f"FETCH_ALLOWED_HOSTS entry {show(entry)}"
            name, port = _split(entry.strip(), shown)
            named.add(f"{_host(name, shown)}|{port or ''}")
    return named
