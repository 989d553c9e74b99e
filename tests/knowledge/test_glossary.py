import pytest

from knowledge.answers.glossary import learn, merge


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Blockchain Association (BA) termed it", {"BA": "Blockchain Association"}),
        (
            "call for regulation of AMMs (automated market makers), which",
            {"AMM": "automated market maker"},
        ),
        (
            "Harbour Securities Settlement Company, LLC (“HSSC”) requested",
            {"HSSC": "Harbour Securities Settlement Company LLC"},
        ),
        ("the Office of Management and Budget (OMB)", {"OMB": "Office of Management and Budget"}),
        ("the Freedom of Information Act (FOIA)", {"FOIA": "Freedom of Information Act"}),
        ("another lobby, the Open Finance Fund (OFF), castigated", {"OFF": "Open Finance Fund"}),
        ("responses of Acme Corporation (the “Company” or “we”)", {}),
        ("paragraph (IV) of the rule (III)", {}),
        ("It grew (see Annex) by ten", {}),
    ],
)
def test_an_acronym_is_learned_only_where_the_text_explains_it(
    text: str, expected: dict[str, str]
) -> None:
    assert learn(text) == expected


def test_spellings_of_one_name_are_one_long_form() -> None:
    glossary = merge(
        [
            ("SEC", "Securities and Exchange Commission"),
            ("SEC", "Securities and Exchange Commission"),
            ("SEC", "U.S. Securities and Exchange Commission"),
        ]
    )
    assert glossary.expansions("SEC") == ("Securities and Exchange Commission",)
    assert glossary.shorts("the Securities and Exchange Commission") == ("SEC",)


def test_two_meanings_of_one_acronym_both_stay() -> None:
    glossary = merge([("BA", "Blockchain Association"), ("BA", "Banking Authority")])
    assert set(glossary.expansions("BA")) == {"Blockchain Association", "Banking Authority"}


def test_an_unknown_acronym_has_no_meaning() -> None:
    assert merge([]).expansions("XYZ") == ()
