import pytest

from knowledge.answers import speakers
from knowledge.answers.speakers import Status, voices
from knowledge.types import Kind
from tests.knowledge.small_record import document


def spoken(
    text: str, words: str, kind: Kind = Kind.ARTICLE, **about: object
) -> tuple[str, str | None]:
    """Whose words the sentence that begins with `words` is."""
    one = document(text, kind, **about)  # type: ignore[arg-type]
    at = text.index(words)
    voice = voices(one, at, at + len(words))[0]
    return voice.status.value, voice.speaker


OWN = ("own", "Harbour Wire")
NOBODY = ("unclear", None)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        # A block quotation without any marks, after a lead-in.
        (
            "The Open Finance Fund (OFF) is a lobby. In the letter, the OFF rebutted,\n\n"
            "Rules bind brokers. They do not bind code.\n\nThe fund added that it wants talks.",
            "They do not bind",
            ("quoted", "Open Finance Fund"),
        ),
        # The reporter comes back.
        (
            "In the letter, the Open Finance Fund rebutted,\n\nRules bind brokers alone.\n\n"
            "The fund added that it wants talks.",
            "The fund added",
            OWN,
        ),
        # A second block that nothing marks, but words quoted before return in it.
        (
            "The group added that it is not after a “free pass.” However, it asked for time.\n\n"
            "Our industry is not asking for a free pass. Shares are still shares.",
            "Shares are still",
            NOBODY,
        ),
        # A quotation of two sentences with its tag after it.
        (
            "“The rule is too broad. It should go,” said Jane Roe.\n\nMore follows here today.",
            "“The rule is",
            ("quoted", "Jane Roe"),
        ),
        # Several sentences after a colon.
        (
            "Jane Roe of Acme, a broker, wrote: “The rule is too broad. It should go.” She left.",
            "It should go",
            ("quoted", "Jane Roe of Acme"),
        ),
        # Who speaks is only a pronoun or a description: nobody is named.
        (
            "Acme met Brook. He wrote:\n\n“The rule is too broad. It should go.”",
            "It should go",
            NOBODY,
        ),
        (
            "A critic of Acme said:\n\n“The rule is too broad. It should go.”",
            "It should go",
            NOBODY,
        ),
        ("A lawyer for the Brook Fund wrote:\n\n“The rule is too broad.”", "“The rule", NOBODY),
        ("Critics wrote:\n\n“The rule is too broad. It should go.”", "It should go", NOBODY),
        # A surname stands for the one full name before it.
        (
            "Mike Harbour met the press. Harbour said:\n\n“The rule is too broad. It should go.”",
            "It should go",
            ("quoted", "Mike Harbour"),
        ),
        # Reported speech and mixed sentences are the reporter's words.
        ("According to critics, the rule is too broad.", "According", OWN),
        ("The Brook Fund called it a “wrong approach.”", "The Brook", OWN),
        ("“It should go,” the Brook Fund told the agency.", "“It should go", OWN),
        # A quotation over two paragraphs.
        (
            "Jane Roe wrote:\n\n“The rule is too broad.\n\n“It should go at once.”\n\nThe end came.",  # noqa: E501
            "“It should go",
            ("quoted", "Jane Roe"),
        ),
        # First person without marks in an article is somebody's, we do not know whose.
        ("The talks went on.\n\nWe believe that the rule should go at once.", "We believe", NOBODY),
    ],
)
def test_words_belong_to_who_said_them_or_to_nobody(
    text: str, words: str, expected: tuple[str, str | None]
) -> None:
    assert spoken(text, words) == expected


def test_a_letter_speaks_for_its_author() -> None:
    assert spoken("We ask for time.", "We ask", Kind.LETTER, author="Acme") == ("own", "Acme")


def test_a_published_summary_names_no_speaker() -> None:
    text = "The letter asks for time. It says why."
    assert spoken(text, "It says", Kind.SUMMARY, author="Acme") == ("summary", None)


def test_comments_that_an_answer_reprints_are_not_the_companys() -> None:
    text = (
        "This letter sets forth the responses of Acme to the staff’s letter of comments.\n\n"
        "Comment No. 1: We note you have two segments. Tell us why.\n\n"
        "Response No. 1: The Company has two segments because it sells two things."
    )
    about = {"author": "Acme", "publisher": None}
    assert spoken(text, "Tell us why", Kind.LETTER, **about) == NOBODY
    assert spoken(text, "Response No. 1", Kind.LETTER, **about) == ("own", "Acme")


def test_a_staff_letter_that_asks_questions_is_the_staffs_own() -> None:
    text = "We have reviewed your filing. Please respond to these comments.\n\n1. Tell us why you merged."  # noqa: E501
    assert spoken(text, "Tell us why", Kind.LETTER, author="Staff") == ("own", "Staff")


def test_an_article_without_publisher_or_author_names_nobody() -> None:
    one = document("The rule is broad.", publisher=None)
    assert [(v.status, v.speaker) for v in voices(one, 0, 10)] == [(Status.OWN, None)]


@pytest.mark.parametrize(
    "before",
    [
        "The rule binds brokers.",
        "Jane Roe of Acme wrote:",
        "The rule asks for the following:\n\na record of orders, which includes:",
        "Jane Roe of Acme wrote:\n\n[Editor's note: shortened here.]",
        "“The rule is too broad. It should go,” said Jane Roe.",
        "Jane Roe said “the rule is too broad.\n\nNobody closed that mark.",
    ],
)
def test_reading_from_where_nothing_is_open_tells_the_same(
    before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"Acme is a broker. It sells bonds.\n\n{before}\n\nRules bind brokers. Code is free."
    one = document(text, Kind.LETTER, author="Brook")
    at = text.index("Rules bind")

    from_near = voices(one, at, len(text))
    monkeypatch.setattr(speakers, "_settled", lambda _text, begin, _start: begin)

    assert from_near == voices(one, at, len(text))


@pytest.mark.parametrize(
    ("name", "text", "held"),
    [
        ("Acme Inc.", "What ACME wrote", True),
        ("Acme", "Acmetal is another; so is New-Acmetal", False),
        ("Acme", "Acmetal, and later acme itself", True),
        ("Token Safe Harbor 2.0", "the Token Safe Harbor Proposal 2.0", True),
        ("Token Safe Harbor 2.0", "the Token Safe Harbor Proposal 2.01", False),
        ("Order 14178", "Order 14067, not 14178", True),
        ("Order 14178", "Order 14067", False),
        ("Bank of Italy", "İstanbul hosted the bank of Italy", True),
        ("Bank of Italy", "İstanbul hosted a bank of India", False),
    ],
)
def test_a_name_stands_in_a_text_by_its_own_words(name: str, text: str, held: bool) -> None:
    assert speakers.stands_in(name, text) is held
    assert speakers.stands_in(name, text, text.lower()) is held
