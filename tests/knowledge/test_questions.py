import pytest

from knowledge.answers.calendar_words import days_in, fits
from knowledge.answers.glossary import Glossary, merge
from knowledge.answers.questions import Asks, asks, understand
from knowledge.types import Query, Turn

GLOSSARY = merge([("BA", "Blockchain Association"), ("CTF", "Crypto Task Force")])


def ask(question: str, *history: str, glossary: Glossary = GLOSSARY, as_of: str | None = None):
    turns = tuple(Turn("user", text) for text in history)
    return understand(Query(question, ("shared",), turns, as_of), glossary)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the letter sent?", Asks.WHEN),
        ("Under the order, when does relief expire?", Asks.WHEN),
        ("How many days does the Board have?", Asks.DURATION),
        ("What minimum capital is needed?", Asks.NUMBER),
        ("Who wants wallets to be checked?", Asks.WHO),
        ("Which other lobby attacked it?", Asks.WHO),
        ("Why did Acme object?", Asks.WHY),
        ("How does the order define token?", Asks.DEFINITION),
        ("Did Acme support Brook?", Asks.YES_NO),
        ("As of 1 March 2026, had Acme filed?", Asks.YES_NO),
        ("What did Acme tell the agency?", Asks.FACT),
    ],
)
def test_the_opening_words_say_what_a_question_wants(question: str, expected: Asks) -> None:
    assert asks(question) is expected


def test_the_sentence_that_asks_says_what_is_wanted() -> None:
    assert ask("Good morning. I read the letters. Did Acme support Brook?").asks is Asks.YES_NO
    assert ask("Who signed it? The term is defined as a signature.").asks is Asks.WHO


def test_which_of_somebodys_things_names_somebody() -> None:
    assert ask("Which of JPM's segments grew?").names == ("JPM",)


def test_acronyms_are_expanded_and_shown() -> None:
    understood = ask("What did the BA tell the SEC?")
    assert dict(understood.expanded) == {"BA": "Blockchain Association"}
    assert "Blockchain Association (BA)" in understood.text
    assert understood.parties == ("Blockchain Association",)
    assert understood.addressee == "SEC"


def test_an_ambiguous_acronym_asks_back_with_choices() -> None:
    two = merge([("BA", "Blockchain Association"), ("BA", "Banking Authority")])
    understood = ask("What did the BA say?", glossary=two)
    assert understood.unclear == "BA"
    assert set(understood.choices) == {"Blockchain Association (BA)", "Banking Authority (BA)"}


def test_names_are_found_and_ordinary_words_are_not() -> None:
    assert ask("What did a16z and Harbour Bank of Italy write?").names == (
        "a16z",
        "Harbour Bank of Italy",
    )
    assert ask("Coins are money?").names == ()
    assert ask("Which team won?").names == ()


def test_two_parties_are_searched_apart() -> None:
    understood = ask("What did Acme and the Brook Fund say about issuer consent?")
    assert understood.parties == ("Acme", "Brook Fund")
    assert len(understood.parts) == 2
    assert "Brook" not in understood.parts[0]


def test_a_follow_up_is_completed_from_the_conversation() -> None:
    understood = ask(
        "And what did they say about wallets?", "What test did the Brook Fund propose?"
    )
    assert understood.understood_as is not None
    assert "the Brook Fund say about wallets" in understood.understood_as


def test_another_party_takes_the_place_of_the_first() -> None:
    understood = ask("and what did Citadel say?", "What did the Brook Fund tell the SEC?")
    assert understood.understood_as == "What did Citadel tell the SEC?"


def test_a_question_that_stands_alone_is_left_alone() -> None:
    understood = ask("What did Citadel tell the SEC about venues?", "Who is Brook?")
    assert understood.understood_as is None


def test_an_acronym_of_a_party_of_the_record_is_not_made_unclear_by_another_use() -> None:
    glossary = merge([("SEC", "Securities and Exchange Commission"), ("SEC", "Second Committee")])
    query = Query("What did the SEC say?", ("shared",))

    clear = understand(query, glossary, ("U.S. Securities and Exchange Commission", "Acme"))

    assert dict(clear.expanded) == {"SEC": "Securities and Exchange Commission"}
    assert clear.unclear is None
    assert understand(query, glossary, ("Acme",)).unclear == "SEC"


def test_a_pronoun_without_a_conversation_is_unclear() -> None:
    assert ask("What did they say?").unclear == "they"
    assert ask("What did they say about Acme?").unclear is None


def test_as_of_in_words_bounds_the_record() -> None:
    assert ask("As of 1 March 2026, had Acme filed?").as_of == "2026-03-01"
    assert ask("Had Acme filed on 1 March 2026?").as_of is None
    assert ask("Had Acme filed?", as_of="2025-01-01").as_of == "2025-01-01"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 1 April 2026", "2026-04-01", "2026-04-01"),
        ("on April 1st, 2026", "2026-04-01", "2026-04-01"),
        ("in February 2024", "2024-02-01", "2024-02-29"),
        ("since 2025-12-31", "2025-12-31", "2025-12-31"),
        ("in 2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_dates_in_a_question_are_stretches_of_days(text: str, first: str, last: str) -> None:
    assert [(d.first, d.last) for d in days_in(text)] == [(first, last)]


def test_numbers_that_are_not_dates_are_left_alone() -> None:
    assert days_in("Rule 2026-31 costs 2,025 or 1999% or 31 February 2026") == ()


def test_an_italian_question_is_searched_in_english_with_its_names() -> None:
    understood = ask("Che cosa ha chiesto la Brook Fund alla SEC sulla definizione di broker?")
    assert understood.language == "it"
    assert understood.names == ("Brook Fund", "SEC")
    assert "asked" in understood.text
    assert "definition" in understood.text
    assert understood.question.startswith("Che cosa")


def test_a_pronoun_is_replaced_as_a_word_never_inside_another() -> None:
    understood = ask("There she filed it, did she?", "Where did Harbour Lights film?")
    assert understood.understood_as is not None
    assert "THarbour" not in understood.understood_as
    assert "There Harbour Lights filed it" in understood.understood_as


def test_a_correction_is_completed_from_the_conversation() -> None:
    understood = ask("Oops, I meant personal data, please.", "What does the Harbour Office keep?")
    assert understood.understood_as is not None
    assert "Harbour Office" in understood.understood_as


def test_capitals_of_a_heading_and_of_chat_are_no_names() -> None:
    assert ask("Capital Requirements For Harbour Issuers").names == ()
    assert ask("BTW how do cemeteries manage?").names == ()
    assert ask("What did the Harbour Office say?").names == ("Harbour Office",)


def test_a_month_without_a_year_is_that_month_of_any_year() -> None:
    assert ask("What did Acme ask in April?").months == (4,)
    assert ask("What did Acme ask in April 2026?").months == ()
    assert ask("What may Acme ask?").months == ()
    assert fits("2026-04-21", (), (4,))
    assert not fits("2026-05-01", (), (4,))


@pytest.mark.parametrize(
    ("question", "parties", "addressee"),
    [
        ("What did Acme tell Brook?", ("Acme",), "Brook"),
        ("What did Acme ask Brook to do?", ("Acme",), "Brook"),
        ("What did Acme reply to Brook?", ("Acme",), "Brook"),
        ("How did Acme answer Brook?", ("Acme",), "Brook"),
        ("What did Acme write to Brook about fees?", ("Acme",), "Brook"),
        ("What does Acme’s letter to Brook say?", ("Acme",), "Brook"),
    ],
)
def test_who_speaks_is_told_from_who_is_spoken_to(
    question: str, parties: tuple[str, ...], addressee: str
) -> None:
    understood = ask(question)
    assert (understood.parties, understood.addressee) == (parties, addressee)


@pytest.mark.parametrize(
    ("question", "spelt"),
    [
        ("What drove revenue in FY22?", "What drove revenue in fiscal year 2022?"),
        (
            "What were sales as of FY2023Q1?",
            "What were sales as of first quarter fiscal year 2023?",
        ),
        ("Which segment grew in Q2 2021?", "Which segment grew in second quarter 2021?"),
        ("Which segment grew in 2Q?", "Which segment grew in second quarter?"),
    ],
)
def test_the_periods_of_reports_are_no_names(question: str, spelt: str) -> None:
    understood = ask(question)
    assert understood.text == spelt
    assert understood.names == ()


def test_currencies_and_terms_of_accounting_are_no_unknown_names() -> None:
    assert ask("What were costs in USD millions?").names == ()
    assert dict(ask("What was SG&A expense?").expanded) == {
        "SG&A": "selling, general and administrative"
    }


def test_an_italian_question_without_a_question_word_asks_for_yes_or_no() -> None:
    understood = ask("La Blockchain Association è contro la registrazione dei broker?")
    assert (understood.language, understood.asks) == ("it", Asks.YES_NO)
    assert understood.names == ("Blockchain Association",)
    assert ask("Che cosa ha chiesto Acme?").asks is Asks.FACT
