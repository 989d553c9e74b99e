"""Hostile addresses: none of them is opened, and none of them is even looked up where its
spelling already tells."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Sequence

import pytest

from knowledge.errors import FetchRefused
from knowledge.web import addresses
from knowledge.web.fetching import FetchLimits, fetch

LOOPBACK = """
http://127.0.0.1/ http://127.0.0.1:8080/ http://127.0.0.2/ http://127.255.255.254/
http://127.1/ http://127.0.1/ http://127.0.0.01/ http://127.00.0.1/ http://0127.0.0.1/
http://2130706433/ http://02130706433/ http://0x7f000001/ http://0x7F000001/ http://017700000001/
http://0x7f.0.0.1/ http://0x7f.0x0.0x0.0x1/ http://0177.0.0.1/ http://0177.0.0.01/
http://0177.0x0.0.1/ http://127.0x0.1/ http://127.0.0x1/ http://0x7f.1/ http://0177.1/
http://127.0.0.1./ http://127.1./ http://2130706433./ http://0x7f000001./ http://127.0.0.1../
http://00000127.0.0.1/ http://0x0000007f.0.0.1/ http://4294967295/ http://4294967296/
http://6425673729/ http://127.0.0.257/ http://1.2.3.4.5/ http://256.1.1.1/ http://1.2.3.0x/
http://0/ http://0.0.0.0/ http://0.0.0.0:8080/ http://00/ http://0x0/ http://0./ http://0.0/
http://localhost/ http://LOCALHOST/ http://localhost./ http://localhost:8080/ http://a.localhost/
http://localhost.localdomain/ http://LocalHost.LocalDomain/ http://ip6-localhost/ http://loopback/
http://[::1]/ http://[::1]:8080/ http://[0:0:0:0:0:0:0:1]/ http://[0000::0001]/ http://[::]/
http://[::0.0.0.1]/ http://[::127.0.0.1]/ http://[::7f00:1]/ http://[0::1]/ http://[::0001]/
"""

WRAPPED = """
http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::ffff:7f00:0001]/
http://[0:0:0:0:0:ffff:127.0.0.1]/ http://[::FFFF:10.0.0.1]/ http://[::ffff:169.254.169.254]/
http://[::ffff:a9fe:a9fe]/ http://[::ffff:192.168.0.1]/ http://[::ffff:0:127.0.0.1]/
http://[::ffff:0:7f00:1]/ http://[64:ff9b::127.0.0.1]/ http://[64:ff9b::7f00:1]/
http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b::10.0.0.1]/ http://[64:ff9b::c0a8:1]/
http://[64:ff9b:1::1]/ http://[64:ff9b:1::7f00:1]/ http://[64:ff9b:1:ffff::808:808]/
http://[2002:7f00:1::]/ http://[2002:a00:1::]/ http://[2002:a9fe:a9fe::]/ http://[2002:c0a8:1::1]/
http://[2002:808:808::1]/ http://[2001::1]/ http://[2001:0:7f00:1::]/
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/ http://[2001:0:0:0:0:0:80ff:fffe]/
http://[2606:4700::5efe:7f00:1]/ http://[2606:4700::200:5efe:10.0.0.1]/
http://[fe80::5efe:192.168.0.1]/
"""

PRIVATE = """
http://10.0.0.1/ http://10.255.255.255/ http://172.16.0.1/ http://172.31.255.255/
http://192.168.0.1/ http://192.168.1.254:8443/ http://167772161/ http://0x0a000001/ http://10.1/
http://012.0.0.1/ http://192.168.257/ http://0xc0.0xa8.0.1/ http://3232235521/ http://0300.0250.1/
http://100.64.0.1/ http://100.127.255.254/ http://192.0.0.1/ http://192.0.0.8/ http://192.0.0.170/
http://192.0.2.1/ http://198.51.100.7/ http://203.0.113.9/ http://198.18.0.1/ http://198.19.255.1/
http://192.88.99.1/ http://192.52.193.1/ http://192.31.196.1/ http://192.175.48.1/
http://224.0.0.1/ http://239.255.255.250/ http://240.0.0.1/ http://255.255.255.255/
http://0.1.2.3/ http://169.254.0.1/ http://169.254.255.254/
http://[fc00::1]/ http://[fd00::1]/ http://[fdff:ffff::1]/ http://[fe80::1]/ http://[febf::1]/
http://[fec0::1]/ http://[feff::1]/ http://[ff02::1]/ http://[ff0e::1]/ http://[ff05::1:3]/
http://[2001:db8::1]/ http://[3fff::1]/ http://[3ffe::1]/ http://[100::1]/ http://[5f00::1]/
http://[2001:10::1]/ http://[2001:20::1]/ http://[2001:2::1]/ http://[2620:4f:8000::1]/
http://[4000::1]/ http://[8000::1]/ http://[::2]/ http://[1::]/ http://[e000::1]/
http://[fe80::1%25eth0]/ http://[fe80::1%eth0]/ http://[fe80::1%251]/
"""

METADATA = """
http://169.254.169.254/ http://169.254.169.254/latest/meta-data/ http://169.254.169.254:8080/
http://2852039166/ http://0xa9fea9fe/ http://0xA9.0xFE.0xA9.0xFE/ http://0251.0376.0251.0376/
http://169.254.43518/ http://169.16689662/ http://0251.254.169.254/ http://169.254.169.254./
http://169.254.170.2/v2/credentials http://192.0.0.192/ http://100.100.100.200/
http://168.63.129.16/ http://169.254.169.123/ http://[fd00:ec2::254]/ http://[fe80::a9fe:a9fe]/
http://metadata/ http://metadata.google.internal/ http://METADATA.GOOGLE.INTERNAL./
http://instance-data.ec2.internal/ http://kubernetes.default.svc.cluster.local/
"""

UNICODE = """
http://１２７.0.0.1/ http://127．0．0．1/ http://127。0。0。1/ http://①②⑦.⓪.⓪.①/ http://１２７.１/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/ http://ｌｏｃａｌｈｏｓｔ/ http://𝟏𝟐𝟕.𝟎.𝟎.𝟏/ http://𝗅ocalhost/ http://loca\u212ahost\u2024/
http://２１３０７０６４３３/ http://０ｘ７ｆ.1/ http://169。254。169。254/ http://127｡0｡0｡1/
http://localhost。/ http://ｍｅｔａｄａｔａ.ｇｏｏｇｌｅ.ｉｎｔｅｒｎａｌ/ http://[::１]/ http://①.①.①.①②③④/
"""

MALFORMED = """
http:// https:// http:/// http://? http://# http://: http://:80/ http:///127.0.0.1/ http:127.0.0.1
http:/127.0.0.1 //127.0.0.1/ http://[/ http://]/ http://[]/ http://[::1/ http://::1/ http://[:::1]/
http://[::1]x/ http://[::1]:x/ http://[1.2.3.4]/ http://[g::1]/ http://[::ffff:1.2.3]/
http://[v1.fe80::a]/ http://a..org/ http://.org/ http://../ http://./ http://-a.org/ http://a-.org/
http://a.org:0/ http://a.org:65536/ http://a.org:99999/ http://a.org:-80/ http://a.org:8o/
http://a.org:80:80/ http://a.org:+80/ http://a.org:８０/ http://%31%32%37.0.0.1/
http://127.0.0.1%2f.org/ http://127.0.0.1%00.org/ http://a.org%23@127.0.0.1/ http://a_b/
http://{a}.org/ http://<a>.org/ http://"a".org/ http://a|b.org/ http://a^b.org/ http://xn--.org/
http://\\127.0.0.1/ http:\\\\127.0.0.1\\ http://a.org\\@127.0.0.1/ http://127.0.0.1\\.a.org/
"""

CREDENTIALS = """
http://user@a.org/ http://user:pass@a.org/ https://:@a.org/ http://@a.org/ http://a.org@127.0.0.1/
http://a.org:80@127.0.0.1/ http://a@b@127.0.0.1/ http://127.0.0.1@a.org/ http://user:p%40ss@a.org/
http://localhost:8080@a.org/ http://[::1]@a.org/
"""

SCHEMES = """
file:///etc/passwd file://localhost/etc/passwd ftp://a.org/ gopher://127.0.0.1:6379/_INFO
dict://127.0.0.1:11211/ data:text/html,hello javascript:alert(1) jar:http://a.org!/ ldap://a.org/
ws://a.org/ wss://a.org/ about:blank blob:http://a.org/1 view-source:http://a.org/ sftp://a.org/
smb://a.org/ unix:///run/docker.sock httpx://a.org/ http+unix://a/ netdoc:///etc/passwd a.org
mailto:a@a.org tel:1 urn:a:b chrome://settings
"""

PORTS = """
http://a.org:22/ http://a.org:25/ http://a.org:53/ http://a.org:81/ http://a.org:111/
http://a.org:2375/ http://a.org:3306/ http://a.org:5432/ http://a.org:6379/ http://a.org:9200/
http://a.org:11211/ http://a.org:27017/ https://a.org:8000/ http://8.8.8.8:53/ http://a.org:00022/
http://[2606:4700::1111]:53/
"""

NAMES = """
http://intranet/ http://printer.local/ http://router.lan/ http://wiki.corp/ http://db.internal/
http://nas.home.arpa/ http://1.0.0.127.in-addr.arpa/ http://facebookcorewwwi.onion/ http://a.test/
http://a.example/ http://a.invalid/ http://host.docker.internal/ http://a.intranet/ http://a.private/
http://a.home/ http://wpad/ http://a.alt/
"""

INVISIBLE = [
    "http://127.0.0.1\t/",
    "http://127.0.0\u200b.1/",
    "http://local\u00adhost/",
    "http://a.org/\r\nHost: 127.0.0.1",
    "http://a.org/\x00",
    "http://a.org/\u202egpj.exe",
    "http://a.org/\u2028a",
    "java\tscript:alert(1)",
    "http://a.org\n@127.0.0.1/",
    "http://a org/",
    "http://a.org/\ud800",
    "http://" + "a" * 64 + ".org/",
    "http://" + "a." * 130 + "org/",
    "http://a.org/" + "a" * 5_000,
    "http://" + "[" * 500,
    "",
    "   ",
    "\x00",
    "http://\u0627\u0644.\u0661\u0662\u0667/",
]

TABLES = (
    LOOPBACK,
    WRAPPED,
    PRIVATE,
    METADATA,
    UNICODE,
    MALFORMED,
    CREDENTIALS,
    SCHEMES,
    PORTS,
    NAMES,
)

HOSTILE = [*" ".join(TABLES).split(), *INVISIBLE]

NOT_PUBLIC = """
127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 192.0.0.192 100.64.0.1 0.0.0.0 224.0.0.1
240.0.0.1 255.255.255.255 168.63.129.16 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1
ff02::1 ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 ::127.0.0.1
64:ff9b:1::1 2606:4700::5efe:7f00:1 nonsense 127.1
"""

connections: list[object] = []
watching = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if watching and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        connections.append(arguments[-1])


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def watch_the_network() -> object:
    """Record every attempt of this process to reach anything."""
    global watching
    connections.clear()
    watching = True
    yield
    watching = False


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(set(HOSTILE)) >= 300


@pytest.mark.parametrize("url", HOSTILE, ids=lambda url: ascii(url)[:60])
def test_a_hostile_address_is_refused_before_anything_is_looked_up(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with pytest.raises(FetchRefused) as refused:
        fetch(url, FetchLimits(seconds=2), resolve=resolve)

    assert (asked, connections) == ([], [])
    message = str(refused.value)
    assert message.isprintable()
    assert len(message) < 500


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_a_public_name_that_leads_inside_is_refused_and_its_address_not_told(address: str) -> None:
    with pytest.raises(FetchRefused, match=r"news\.org") as refused:
        fetch("https://news.org/a", resolve=lambda host: [address])

    assert connections == []
    assert address not in str(refused.value)


def test_one_private_address_among_public_ones_refuses_them_all() -> None:
    with pytest.raises(FetchRefused, match="not on the public web"):
        fetch("https://news.org/a", resolve=lambda host: ["93.184.215.14", "10.0.0.1"])

    assert connections == []


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::2003",
     "2001:4860:4860::8888", "2001:200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)  # fmt: skip
def test_public_addresses_are_public(address: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://www.sec.gov/a?b=c#:~:text=d", "https://www.sec.gov/a?b=c"),
        ("  HTTP://WWW.SEC.GOV.  ", "http://www.sec.gov/"),
        ("https://sec.gov:443/", "https://sec.gov/"),
        ("https://sec.gov:8443/a", "https://sec.gov:8443/a"),
        ("https://bücher.de/ä b?q=ü&r=%20", "https://xn--bcher-kva.de/%C3%A4%20b?q=%C3%BC&r=%20"),
        ("https://straße.de/", "https://xn--strae-oqa.de/"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700::1111]:8080/", "http://[2606:4700::1111]:8080/"),
        ("https://sec.gov?a=b", "https://sec.gov/?a=b"),
        ("https://a.org/x@y:z", "https://a.org/x@y:z"),
        ("https://a.org/100%", "https://a.org/100%"),
        ("https://a.org/?u=https://b.org/c?d", "https://a.org/?u=https://b.org/c?d"),
        ("https://de.wikipedia.org/wiki/B%C3%BCcher_(Recht)", "https://de.wikipedia.org/wiki/B%C3%BCcher_(Recht)"),
    ],
)  # fmt: skip
def test_ordinary_addresses_are_sent_as_a_browser_would(url: str, sent: str) -> None:
    assert addresses.target(url).url == sent


def test_an_admin_opens_a_local_host_by_name_and_nothing_beside_it() -> None:
    allowed = {"wiki.lan", "127.0.0.1:9000"}

    assert addresses.target("http://wiki.lan/", allowed_hosts=allowed).allowed
    assert addresses.target("http://127.0.0.1:9000/", allowed_hosts=allowed).allowed
    for url in ("http://127.0.0.1/", "http://127.0.0.1:9001/", "http://a.wiki.lan/",
                "http://wiki.lan:9000/", "http://nas.lan/"):  # fmt: skip
        with pytest.raises(FetchRefused):
            addresses.target(url, allowed_hosts=allowed)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "100.100.100.200",
                "fd00:ec2::254", "192.0.0.192"],
)  # fmt: skip
def test_even_an_allowed_host_leads_to_no_metadata_service(address: str) -> None:
    found = addresses.target("http://wiki.lan/", allowed_hosts={"wiki.lan"})

    with pytest.raises(FetchRefused):
        addresses.check(address, found)


@pytest.mark.parametrize("host", ["10.0.0.5", "127.0.0.1", "fd12::1", "::ffff:192.168.0.9"])
def test_an_allowed_host_may_be_on_a_local_network(host: str) -> None:
    found = addresses.target("http://wiki.lan/", allowed_hosts={"wiki.lan"})

    assert addresses.check(host, found) == str(ipaddress.ip_address(host.removeprefix("::ffff:")))


@pytest.mark.parametrize(
    "url",
    ["http://user:secret@a.org/", "http://user:secret@a.org/" + "a" * 5_000,
     "http://user:secret@a.org\\/", "http://user:secret@a.org/\u200b"],
    ids=range(4),
)  # fmt: skip
def test_a_password_is_never_repeated(url: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        addresses.target(url)

    assert "secret" not in str(refused.value)
