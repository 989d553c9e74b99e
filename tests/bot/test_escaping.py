"""What comes from outside is shown as the characters it consists of."""

from __future__ import annotations

import re

import pytest

from bot.escaping import block_quote, domain, escape, masked_link, one_line, web_address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("~~gone~~ ||hidden||", r"\~\~gone\~\~ \|\|hidden\|\|"),
        ("# Heading", r"\# Heading"),
        ("-# small", r"\-# small"),
        ("> quote", r"\> quote"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("[free](https://evil.example)", "[free\\]\\(https\\://evil.example)"),
        ("https://evil.example", r"https\://evil.example"),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("<@123> <@&4> <#5> </a:6> <t:7>", None),
        ("discord.gg/abc", "discord.\u200bgg/abc"),
        ("a\u202egnp.exe\u2066", "agnp.exe"),
        ("U.S. Code § 78c(a)(4), 5 % of $3 – “so” said the BA (Blockchain).", None),
    ],
)
def test_text_is_shown_as_written(text: str, shown: str | None) -> None:
    escaped = escape(text)

    if shown is not None:
        assert escaped == shown
    assert re.search(r"<[@#:/t]", escaped) is None
    back = re.sub(r"\\(.)", r"\1", escaped).replace("\u200b", "")
    assert back == re.sub("[\u202e\u2066]", "", text)


def test_ordinary_prose_is_left_as_it_is() -> None:
    prose = "Section 3(a)(4) of the Act (15 U.S.C. 78c) says: “any person” – or not; see [1]."

    assert escape(prose) == prose


def test_a_quotation_has_its_bar_on_every_line() -> None:
    assert block_quote("one\n\ntwo") == "> one\n> two"


def test_a_long_question_is_cut_at_a_word() -> None:
    line = one_line("word " * 100, 200)

    assert len(line) <= 200
    assert line.endswith("word…")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user@evil.example/",
        "https://",
        "http://[bad",
        "//x.example",
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_address(url) is None
    assert masked_link("A title", url) == "A title"


def test_an_address_cannot_end_its_link_early() -> None:
    link = masked_link("A [title](x) https://y", "https://a.example/x)> [z](https://evil.example)")

    assert link.count("](<https://a.example/") == 1
    assert link.endswith(">)")
    assert ")" not in link.split("](<", 1)[1][:-1]
    assert "https://y" not in link
    assert domain("https://www.a.example/x") == "a.example"


def test_an_address_keeps_its_fragment_and_its_numbered_host() -> None:
    assert web_address("https://a.example/x?y=1#:~:text=one,two%2Dthree") == (
        "https://a.example/x?y=1#:~:text=one,two%2Dthree"
    )
    assert web_address("http://[2001:db8::1]:8080/[x] y") == "http://[2001:db8::1]:8080/%5Bx%5D%20y"
