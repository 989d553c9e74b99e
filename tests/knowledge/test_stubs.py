"""Pages that show a stub, and ordinary pages that look a little like one."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from knowledge.errors import StubPage
from knowledge.reading import preparing, stubs
from knowledge.reading.loaders.types import LoadOptions

SENTENCE = (
    "The regulator published the final rule on Monday and said that firms have until the end of "
    "next year to bring their books into order, which is six months more than it had proposed. "
)
LEAD = f"<p>{SENTENCE}</p><p>{SENTENCE * 2}</p>"
BODY = "".join(f"<p>{SENTENCE * 2}</p>" for _ in range(12))


def page(body: str, *, title: str = "Final rule published", head: str = "", **facts: object) -> str:
    """A page with a menu, a log-in link, a cookie bar and a footer, as they all have."""
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **facts}
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}"
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body>'
        '<nav><ul><li><a href="/">Home</a></li><li><a href="/login">Log in</a></li></ul></nav>'
        f"<main>{body}</main>"
        "<footer><p>We use cookies. Read how in our cookie notice.</p></footer></body></html>"
    )


GATES = {
    "English": "Subscribe now to continue reading",
    "English, members": "This article is for paying subscribers only",
    "English, limit": "You’ve reached your limit of free articles this month.",
    "English, unlock": "Unlock this article and everything else with a subscription",
    "English, letter": "This post is for paid subscribers",
    "English, account": "Create your free account to continue",
    "German": "Jetzt weiterlesen mit dem Digital-Abo",
    "German, plus": "Dieser Artikel ist nur für Abonnenten sichtbar",
    "German, registered": "Um diesen Artikel zu lesen, melden Sie sich an.",
    "French": "Cet article est réservé aux abonnés",
    "French, share": "Il vous reste 80 % de cet article à lire.",
    "Italian": "Questo contenuto è riservato agli abbonati",
    "Italian, go on": "Per continuare a leggere scegli un'offerta",
    "Spanish": "Suscríbete para seguir leyendo",
    "Portuguese": "Conteúdo exclusivo para assinantes",
    "Dutch": "Alleen voor abonnees",
    "Swedish": "Logga in för att läsa hela artikeln",
    "Norwegian": "Denne artikkelen er forbeholdt våre abonnenter",
    "Danish": "Læs videre med et abonnement",
    "Polish": "Aby czytać dalej, wykup dostęp",
    "Russian": "Материал доступен только подписчикам",
    "Japanese": "この記事は会員限定です。残り 1,234文字",
    "Chinese": "订阅后继续阅读全文",
    "Korean": "이 기사는 구독자 전용입니다",
}


@pytest.mark.parametrize("language", GATES)
def test_an_article_that_breaks_off_at_a_gate_is_a_stub(language: str) -> None:
    html = page(f"<h1>Final rule</h1>{LEAD}<div class='x'><h3>{GATES[language]}</h3></div>")

    assert stubs.refuse(600, html.encode()) == (
        "This page shows only its first 2 paragraphs (paywall). "
        "Save it as PDF and add the file, or paste the text."
    )


@pytest.mark.parametrize("language", GATES)
def test_a_whole_article_is_taken_whatever_its_gate_says(language: str) -> None:
    html = page(f"<h1>Final rule</h1>{BODY}<div><h3>{GATES[language]}</h3></div>")

    assert stubs.refuse(4_000, html.encode()) is None


@pytest.mark.parametrize("value", [False, "false", "False", "http://schema.org/False"])
def test_a_short_article_that_calls_itself_not_free_is_a_stub(value: object) -> None:
    html = page(f"<p>{SENTENCE}</p>", isAccessibleForFree=value)

    stub = stubs.recognise(html)

    assert stub is not None
    assert (stub.kind, stub.excerpt) == ("paywall", True)
    assert "first paragraph (paywall)" in stub.sentence


def test_a_whole_article_that_calls_itself_not_free_is_taken() -> None:
    assert stubs.recognise(page(BODY, isAccessibleForFree=False)) is None


def test_the_flag_is_found_deep_inside_a_graph() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False}

    assert stubs.recognise(page(LEAD, **{"@graph": [{"hasPart": [part]}]})) is not None


def test_a_long_teaser_is_a_stub_if_the_page_says_how_long_the_article_is() -> None:
    teaser = f"<p>{SENTENCE * 6}</p>" * 2

    assert stubs.recognise(page(teaser, isAccessibleForFree=False, wordCount=1500)) is not None
    assert stubs.recognise(page(teaser, isAccessibleForFree=True, wordCount=1500)) is None
    assert stubs.recognise(page(teaser, isAccessibleForFree=False, wordCount=370)) is None


OTHERS = {
    "Cloudflare": ("challenge", "<title>Just a moment...</title><p>Checking your browser</p>"),
    "Cloudflare in code": (
        "challenge",
        "<title>news.example</title><script>window._cf_chl_opt={a:1}</script><p>One moment</p>",
    ),
    "blocked": (
        "challenge",
        "<title>Attention Required!</title><h1>Sorry, you have been blocked</h1>",
    ),
    "DataDome": (
        "challenge",
        "<title>news.example</title><p>Please enable JS and disable any ad blocker</p>"
        '<script src="https://ct.captcha-delivery.com/c.js"></script>',
    ),
    "Imperva": ("challenge", "<iframe src='/_Incapsula_Resource?x'>Request unsuccessful</iframe>"),
    "Akamai": (
        "challenge",
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access it.",
    ),
    "are you a robot": ("challenge", "<h1>Are you a robot?</h1><p>Click the box below.</p>"),
    "in Russian": ("challenge", "<h1>Подтвердите, что вы не робот</h1>"),
    "missing": ("error", "<title>Page not found | News</title><h1>Oops! Nothing here</h1>"),
    "missing in German": ("error", "<title>Seite nicht gefunden</title><p>Schade.</p>"),
    "missing in French": ("error", "<title>News</title><h1>Page introuvable</h1>"),
    "missing in Spanish": ("error", "<h1>Página no encontrada</h1>"),
    "missing in Japanese": ("error", "<h1>ページが見つかりません</h1>"),
    "404": ("error", "<title>404</title><h1>404</h1><p>The file went away.</p>"),
    "unavailable": ("error", "<title>503 Service Unavailable</title><h1>Later</h1>"),
    "gone": ("error", "<title>News</title><h1>This article is no longer available</h1>"),
    "log-in form": (
        "log-in",
        "<title>Portal</title><form><label>Name<input name=n></label>"
        "<label>Password<input type=password></label></form>",
    ),
    "log-in page": ("log-in", "<title>Sign in - Portal</title><p>Use your account.</p>"),
    "log-in in Italian": ("log-in", "<title>Accedi | Portale</title><p>Inserisci l'e-mail.</p>"),
    "consent": (
        "consent",
        "<title>News</title><h1>We value your privacy</h1><p>We and our 842 partners store and "
        "read information on a device, such as cookies, and process personal data for ads.</p>"
        "<p>By clicking below you agree to this; you can change it at any time.</p>"
        "<button>Accept all</button><button>Manage preferences</button>",
    ),
    "consent in German": (
        "consent",
        "<title>Nachrichten</title><h2>Willkommen</h2><p>Mit Werbung und Tracking weiterlesen: "
        "Wir und unsere 190 Partner verarbeiten personenbezogene Daten auf Ihrem Gerät.</p>"
        "<p>Ihre Einwilligung können Sie jederzeit im Privacy Center widerrufen, auch später.</p>"
        "<button>Alle akzeptieren</button>",
    ),
    "consent in French": (
        "consent",
        "<title>Le site</title><p>Nous et nos 210 partenaires stockons des informations sur votre "
        "appareil, et traitons des données pour la publicité, avec votre consentement.</p>"
        "<button>Tout accepter</button><a href='#'>Continuer sans accepter</a>",
    ),
    "shell": (
        "script",
        "<title>App</title><noscript>You need to enable JavaScript to run this app.</noscript>"
        '<div id="root"></div><script src="/main.js"></script>',
    ),
    "silent shell": ("script", '<title>App</title><div id="x"></div><script src="/m.js"></script>'),
    "shell in German": (
        "script",
        "<title>App</title><p>Bitte aktivieren Sie JavaScript.</p><script src='/m.js'></script>",
    ),
    "paywall with nothing above": (
        "paywall",
        "<title>Rule</title><h1>Final rule</h1><h3>Subscribe to continue reading</h3>",
    ),
    "offer under a teaser": (
        "paywall",
        f"<title>Rule</title>{LEAD}<div>Already a subscriber? <a href='/l'>Here</a></div>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_a_page_before_the_document_is_recognised(name: str) -> None:
    kind, html = OTHERS[name]

    stub = stubs.recognise(f"<!doctype html><html><body>{html}</body></html>")

    assert stub is not None
    assert stub.kind == kind
    assert stub.sentence.endswith(("text.", "address."))


ORDINARY = {
    "a short release": page(f"<h1>Rule</h1><p>{SENTENCE}</p>"),
    "a log-in form in the head": page(f"<form><input type=password></form>{BODY}"),
    "an offer in the head": page(f"<p>Already a subscriber?</p>{LEAD}"),
    "a cookie bar": page(f"<div><p>We and our partners use cookies</p></div>{BODY}"),
    "an article about consent": page(
        "".join(
            f"<p>Consent under article {n} must be freely given, and a cookie that is not needed "
            "waits for it; the authority said that personalised ads are no exception.</p>"
            for n in range(6)
        )
    ),
    "an article about robots": page(
        f"<h1>Are you a robot? The history of a question</h1>{BODY}", title="Are you a robot?"
    ),
    "an article about paywalls": page(
        f"<h1>Why papers say “subscribe to continue reading”</h1>{BODY}"
    ),
    "an article on a site that is checked for robots": page(
        f"{BODY}<script>window._cf_chl_opt={{}}</script>"
    ),
    "a publisher named for an error": page(BODY, title="404 Media - A story"),
    "a page with a noscript note": page(
        f"<noscript>Please enable JavaScript</noscript><p>{SENTENCE * 2}</p>"
    ),
    "an article in Japanese": page("<p>" + "規制当局は月曜日に最終規則を公表した。" * 20 + "</p>"),
    "lines without paragraphs": page("<br>".join([SENTENCE] * 10)),
    "a letter as a table": page(f"<table><tr><td>{SENTENCE * 5}</td></tr></table>"),
    "broken markup": page(f"<p>{SENTENCE * 4}<div><p></div></b></i>", isAccessibleForFree=True),
    "broken facts": page(BODY).replace('"@type"', "@type"),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_is_no_stub(name: str) -> None:
    assert stubs.recognise(ORDINARY[name]) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"   ", b"\x00\x01", b"%PDF-1.7", b"<", b"\xff\xfe<\x00h\x00", b"<!doctype html>",
     b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script><p>a</p>",
     b"<div>" * 50_000 + b"text", b"<a " + b"b " * 100_000 + b">"],
    ids=range(10),
)  # fmt: skip
def test_nonsense_harms_nothing(data: bytes) -> None:
    started = time.process_time()

    stubs.recognise(data)

    assert time.process_time() - started < 2


def test_other_encodings_are_read() -> None:
    html = page(f"<h1>Règle</h1>{LEAD}<h3>Cet article est réservé aux abonnés</h3>")
    html = html.replace("<head>", '<head><meta charset="iso-8859-1">')

    assert stubs.refuse(500, html.encode("latin-1")) is not None


def test_a_stub_from_an_address_is_refused_and_kept_as_an_excerpt_on_request() -> None:
    html = page(f"<h1>Final rule</h1>{LEAD}<h3>{GATES['English']}</h3>").encode()
    options = LoadOptions(name="rule", url="https://news.example/rule")

    with pytest.raises(StubPage, match=r"^rule: This page shows only its first 2 paragraphs"):
        preparing.prepare(html, options)
    assert preparing.prepare(html, replace(options, excerpt=True)).excerpt
    assert not preparing.prepare(html, replace(options, url=None)).excerpt


def test_what_is_no_part_of_a_document_is_refused_as_an_excerpt_too() -> None:
    options = LoadOptions(name="rule", url="https://news.example/rule", excerpt=True)

    with pytest.raises(StubPage, match="human"):
        preparing.prepare(b"<html><title>Just a moment...</title><p>Checking.</p></html>", options)


def test_an_empty_page_that_a_script_would_fill_says_so() -> None:
    html = OTHERS["shell"][1].replace("You need to enable JavaScript to run this app.", "")
    options = LoadOptions(name="app", url="https://news.example/app")

    with pytest.raises(StubPage, match="JavaScript"):
        preparing.prepare(f"<!doctype html><html><body>{html}</body></html>".encode(), options)


def test_the_flag_is_found_after_the_end_of_the_page() -> None:
    flag = '<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": false}'
    html = f"<html><body><p>{'The Board adopted a rule on bridges. ' * 9}</p></body></html>{flag}"

    found = stubs.recognise(f"{html}</script>")

    assert found is not None
    assert found.kind == "paywall"
