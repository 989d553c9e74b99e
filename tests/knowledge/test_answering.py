import pytest

from knowledge.encoding.embedding import Encoder
from knowledge.types import Answer, DateMention, Kind, Outcome, Turn
from tests.knowledge.small_record import SmallRecord, document

ARTICLE = (
    "The quarrel over tokenized shares goes on.\n\n"
    "In a letter to the Market Agency on Monday, the Open Finance Fund (OFF) termed the plan of "
    "Citadel Brokers for protocols a “wrong approach.”\n\n"
    "The OFF is a trade group. In the letter, the OFF rebutted,\n\n"
    "Securities rules bind intermediaries. They do not turn neutral code into an exchange.\n\n"
    "The group added that the sector is not after a “free pass.” However, it asked the agency to "
    "look at how the code works before any rule.\n\n"
    "Citadel Brokers says that every platform must be supervised like an intermediary."
)
SUMMARY = (
    "Automated market makers perform non-exchange functions and therefore cannot be treated as "
    "exchange facilities.\n\n"
    "The letter urges a formal rulemaking to establish a durable, principles-based definition of "
    "the word broker."
)
LETTER = (
    "Issuer consent must not be required for third-party tokenization of shares.\n\n"
    "Consent would give issuers a veto over lawful transfers of tokenized shares."
)
TRANSFER = (
    "Issuer authorization must be a threshold requirement for every tokenized share.\n\n"
    "Transfer controls protect the register of shareholders."
)


@pytest.fixture(scope="module")
def record(encoder: Encoder) -> SmallRecord:
    at = ARTICLE.index("Monday")
    return SmallRecord(
        encoder,
        [
            document(
                ARTICLE,
                title="Quarrel over code",
                dates=(DateMention(at, at + 6, "2026-04-06"),),
                url="https://wire.example/quarrel",
            ),
            document(
                SUMMARY,
                Kind.SUMMARY,
                publisher="Market Agency",
                author="Brook Fund",
                title="On exchanges",
                date="2026-04-21",
            ),
            document(
                LETTER,
                Kind.LETTER,
                publisher=None,
                author="Coinport",
                title="Third-party tokenization",
                date="2026-04-01",
            ),
            document(
                TRANSFER,
                Kind.LETTER,
                publisher=None,
                author="Transfer Association",
                title="Issuer authorization",
                date="2026-07-01",
            ),
        ],
    )


def speakers(answer: Answer) -> list[tuple[str | None, str]]:
    return [(c.speaker, c.quote[:20]) for c in answer.citations]


def test_a_party_is_quoted_in_its_own_words_under_its_name(record: SmallRecord) -> None:
    answer = record.ask("What did the OFF tell the Market Agency about neutral code?")

    assert answer.outcome is Outcome.ANSWERED
    assert dict(answer.expanded) == {"OFF": "Open Finance Fund"}
    assert ("Open Finance Fund", "Securities rules bin") in speakers(answer)
    assert "It quotes the Open Finance Fund:" in answer.text
    assert "They do not turn neutral code into an exchange." in answer.text


def test_what_surrounds_a_question_changes_nothing(record: SmallRecord) -> None:
    question = "What must not be required for third-party tokenization of shares?"
    polite = (
        "Hello everybody, I joined this server yesterday and know little of such matters. "
        f"{question} Please keep it short, use plain words and leave out the footnotes."
    )

    bare, wrapped = record.ask(question), record.ask(polite)

    assert bare.outcome is wrapped.outcome is Outcome.ANSWERED
    assert speakers(wrapped)[0] == speakers(bare)[0] == ("Coinport", "Issuer consent must ")


def test_the_head_of_a_table_is_not_quoted_beside_a_sentence(encoder: Encoder) -> None:
    head = (
        "Table of Contents\nHarbour Goods Inc.\nStatements of Inventories\nFiscal years ended 2025"
    )
    text = f"{head}\n\nInventories rose because of forty new shops and higher prices."
    record = SmallRecord(encoder, [document(text, Kind.OTHER, author="Harbour Goods Inc.")])

    answer = record.ask("Why did the inventories of Harbour Goods rise in fiscal year 2025?")

    assert [c.quote for c in answer.citations] == [text.splitlines()[-1]]


def test_the_source_line_says_that_the_letter_itself_is_missing(record: SmallRecord) -> None:
    answer = record.ask("What did the OFF call the plan of Citadel Brokers in its letter?")

    assert (
        "[1] Harbour Wire, 8 April 2026, article; the letter itself is not in this record"
        in answer.text
    )
    assert "“Monday” = 6 April 2026, from the article’s date" in answer.text
    assert answer.citations[0].speaker == "Harbour Wire"
    assert (answer.citations[0].link or "").startswith("https://wire.example/quarrel#:~:text=")


def test_a_summary_is_told_as_a_summary(record: SmallRecord) -> None:
    answer = record.ask("What does the Brook Fund say about the definition of broker?")

    assert "The Market Agency’s summary of the document by the Brook Fund says:" in answer.text
    assert {c.speaker for c in answer.citations} == {None}


def test_a_false_premise_is_corrected_by_the_passage_that_denies_it(record: SmallRecord) -> None:
    answer = record.ask(
        "Why does the Brook Fund ask to treat automated market makers as exchange facilities?"
    )

    assert answer.premise == "contradicted"
    assert answer.text.startswith("The record contradicts this:")
    assert "cannot be treated as" in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did the OFF support Citadel Brokers?", "Open Finance Fund"),
        ("Did Citadel Brokers support the OFF?", "Citadel Brokers"),
        ("Did the OFF oppose Citadel Brokers?", "Open Finance Fund"),
        ("Did the OFF and Citadel Brokers agree on code?", "Open Finance Fund"),
    ],
)
def test_a_yes_no_question_is_never_answered_yes_or_no(
    record: SmallRecord, question: str, asked: str
) -> None:
    answer = record.ask(question)

    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.startswith("The record does not say yes or no. On ")
    for citation in answer.citations:
        # What others say of the party is not its answer: it speaks, or is the subject.
        names = [asked, *(["OFF"] if asked.startswith("Open") else [])]
        names += ["Citadel Brokers"] if " agree " in question else []
        assert citation.speaker in names or any(n in citation.quote for n in names), citation.quote
    if question.startswith("Did Citadel"):
        assert "Securities rules bind" not in answer.text
        assert "wrong approach" not in answer.text


def test_a_yes_no_question_names_the_parties_as_they_were_written(record: SmallRecord) -> None:
    answer = record.ask("Did the OFF support Citadel Brokers?")
    assert answer.text.startswith(
        "The record does not say yes or no. On the OFF and Citadel Brokers it holds:\n"
    )


def test_both_agree_only_in_their_own_words(record: SmallRecord) -> None:
    answer = record.ask("Did the OFF and Citadel Brokers agree on code?")
    assert {"Open Finance Fund", "Harbour Wire"} == {c.speaker for c in answer.citations}
    assert "Citadel Brokers says that every platform" in answer.text
    assert "Securities rules bind intermediaries." in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What did the Market Agency tell Citadel Brokers about platforms and code?",
        "What did the Market Agency say to the Open Finance Fund about the plan for protocols?",
    ],
)
def test_what_others_told_somebody_is_not_what_they_said(encoder: Encoder, question: str) -> None:
    record = SmallRecord(encoder, [document(ARTICLE, title="Quarrel over code")])
    answer = record.ask(question)
    assert answer.outcome is Outcome.RELATED
    assert answer.citations == ()
    assert "has nothing from Market Agency on this" in answer.text


def test_the_document_itself_comes_before_a_report_of_it(encoder: Encoder) -> None:
    record = SmallRecord(
        encoder,
        [
            document(
                "Ferries must carry a second radio from 1 May 2026, the new harbour rule says.",
                title="News",
            ),
            document(
                "Each ferry shall carry a second radio from 1 May 2026.",
                Kind.RULE,
                publisher="Harbour Office",
                title="Harbour Rule 7",
            ),
        ],
    )
    answer = record.ask("From when must ferries carry a second radio under the harbour rule?")
    assert answer.citations[0].kind == "rule"
    assert ", article" in answer.text


def test_an_annotators_words_are_not_given_to_the_speaker(encoder: Encoder) -> None:
    annotated = document(
        "The lighthouse of our coast deserves praise from every sailor.\n\n"
        "Editor’s note: The speaker keeps silent about the dredging of the river mouth.\n\n"
        "The harbour dues must fall before the winter.",
        Kind.SPEECH,
        publisher=None,
        author="Ada Quay",
        title="Speech on lighthouses",
    )
    record = SmallRecord(encoder, [annotated])

    silence = record.ask("Who keeps silent about the dredging of the river mouth?")
    dues = record.ask("When must the harbour dues fall?")

    noted = [c for c in (*silence.citations, *silence.related) if "dredging" in c.quote]
    assert {c.speaker for c in noted} == {None}
    assert noted
    assert dues.citations[0].speaker == "Ada Quay"


def test_both_sides_of_a_comparison_are_quoted(record: SmallRecord) -> None:
    answer = record.ask(
        "Do Coinport and the Transfer Association agree on issuer authorization for tokenized shares?"  # noqa: E501
    )

    assert answer.outcome is Outcome.ANSWERED
    assert {c.speaker for c in answer.citations} == {"Coinport", "Transfer Association"}


def test_a_later_document_shows_that_it_had_not_happened(record: SmallRecord) -> None:
    answer = record.ask(
        "As of 1 March 2026, had Coinport already filed its letter on third-party tokenization?"
    )

    assert answer.outcome is Outcome.ANSWERED
    assert "1 April 2026" in answer.text
    assert answer.citations[0].author == "Coinport"


def test_newer_documents_are_left_out_as_of_a_date(record: SmallRecord) -> None:
    answer = record.ask("What must issuers authorize?", as_of="2026-04-10")
    dates = [c.date or "" for c in (*answer.citations, *answer.related)]
    assert all(date <= "2026-04-10" for date in dates)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did the Bank of Utopia write about neutral code?", "Bank of Utopia"),
        ("What did x99y tell the Market Agency about tokenized shares?", "x99y"),
        ("How many coins does Zyxtrade hold?", "Zyxtrade"),
    ],
)
def test_a_name_that_the_record_does_not_know_is_named(
    record: SmallRecord, question: str, name: str
) -> None:
    answer = record.ask(question)

    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.missing == (name,)
    assert f"It has nothing about {name}." in answer.text
    assert (
        "Searched: 4 documents from Harbour Wire and Market Agency, the newest of 1 July 2026."
        in answer.text
    )
    assert not answer.citations
    assert not answer.related


def test_an_ordinary_word_is_never_called_a_missing_name(record: SmallRecord) -> None:
    answer = record.ask("Which penguins won the football match?")
    assert answer.outcome is not Outcome.ANSWERED
    assert answer.missing == ()


def test_what_is_possibly_related_is_no_answer(record: SmallRecord) -> None:
    answer = record.ask("What fee does Coinport charge for a transfer?")

    assert answer.outcome in (Outcome.RELATED, Outcome.NOT_FOUND)
    assert answer.citations == ()


def test_a_follow_up_is_answered_as_completed(record: SmallRecord) -> None:
    history = (Turn("user", "What does the Brook Fund say about market makers?"),)
    answer = record.ask("And what do they say about the definition of broker?", history=history)

    assert answer.understood_as is not None
    assert "Brook Fund" in answer.understood_as
    assert "principles-based definition" in answer.text


def test_a_pronoun_alone_asks_back(record: SmallRecord) -> None:
    answer = record.ask("What did they say?")
    assert answer.outcome is Outcome.UNCLEAR
    assert "“they”" in answer.text


def test_an_ambiguous_acronym_asks_back_with_choices(encoder: Encoder) -> None:
    record = SmallRecord(
        encoder,
        [
            document("The Blockchain Assembly (BA) met.", title="A"),
            document("The Banking Authority (BA) met.", title="B"),
        ],
    )
    answer = record.ask("What did the BA do?")
    assert answer.outcome is Outcome.UNCLEAR
    assert set(answer.choices) == {"Blockchain Assembly (BA)", "Banking Authority (BA)"}


def test_italian_questions_get_italian_words_and_english_quotations(record: SmallRecord) -> None:
    answer = record.ask("Che cosa chiede la Brook Fund sulla definizione di broker?")
    assert "Gli atti sono in inglese" in answer.text
    assert "Brook Fund" in answer.text


def test_the_same_words_in_two_sources_are_one_quotation_with_both(encoder: Encoder) -> None:
    words = "The settlement rule of the Market Agency takes effect on 1 May 2026 for all brokers."
    record = SmallRecord(
        encoder,
        [
            document(words, title="One", publisher="Harbour Wire"),
            document(words, title="Two", publisher="River Post"),
        ],
    )
    answer = record.ask("When does the settlement rule of the Market Agency take effect?")
    assert answer.text.count("takes effect") == 1
    assert "[1][2]" in answer.text
    assert {c.publisher for c in answer.citations} == {"Harbour Wire", "River Post"}


def test_whether_a_rule_is_in_force_is_told_with_it(encoder: Encoder) -> None:
    register = SmallRecord(
        encoder,
        [
            document(
                "rule_id: harbour-7 requirement_summary: New harbour issuers must hold capital of "
                "at least $5 million for 36 months. binding_status: pending_proposal "
                "last_checked: 2026-05-01",
                Kind.OTHER,
                publisher=None,
                title="Capital of issuers",
            )
        ],
    )
    answer = register.ask("What capital must new harbour issuers hold, and is that in force?")
    assert answer.outcome is Outcome.ANSWERED
    assert "$5 million for 36 months" in answer.text
    assert "binding_status: pending_proposal" in answer.text


def test_known_names_do_not_answer_what_no_sentence_is_about(record: SmallRecord) -> None:
    answer = record.ask("What salary does Citadel Brokers pay in the Open Finance Fund?")
    assert answer.outcome is not Outcome.ANSWERED
    assert answer.citations == ()


def test_a_document_is_read_for_its_author_and_day(encoder: Encoder) -> None:
    filler = [
        document(f"Brook Fund news number {n}: the Brook Fund met on 3 May 2026.", title=f"N{n}")
        for n in range(12)
    ]
    letter = document(
        "We urge a rulemaking with notice and comment for the word broker.",
        Kind.LETTER,
        publisher=None,
        author="Brook Fund",
        date="2026-04-21",
        title="Letter",
    )
    answer = SmallRecord(encoder, [*filler, letter]).ask(
        "What did the Brook Fund urge on 21 April 2026?"
    )
    assert "notice and comment" in answer.text
    assert answer.citations[0].speaker == "Brook Fund"


def test_one_sentence_too_long_for_an_answer_is_cut_at_a_clause(encoder: Encoder) -> None:
    words = "The harbour rule applies to brokers, " + ", ".join(
        f"to dealers of class {n} that hold harbour licences" for n in range(30)
    )
    answer = SmallRecord(encoder, [document(words + ".", title="Rule " * 15)]).ask(
        "Whom does the harbour rule apply to?"
    )
    assert answer.outcome is Outcome.ANSWERED
    assert len(answer.text) <= 900
    assert answer.citations[0].quote in answer.text
    assert "…" not in answer.citations[0].quote


def test_a_thing_asked_for_by_name_is_named_by_the_document_that_answers(
    record: SmallRecord,
) -> None:
    asked = record.ask("What controls does the Transfer Association want on tokenized shares?")
    unnamed = record.ask("What salaries does the Transfer Association want on tokenized shares?")

    assert asked.outcome is Outcome.ANSWERED
    assert unnamed.outcome is not Outcome.ANSWERED
    assert unnamed.citations == ()


def test_a_definition_is_found_wherever_its_document_gives_it(encoder: Encoder) -> None:
    chatter = "\n\n".join(
        f"Harbour Order 7 and digital moorings: berth {n} of the digital moorings is kept by the "
        "harbour office under Harbour Order 7."
        for n in range(40)
    )
    order = (
        f"{chatter}\n\nFor the purpose of this order, the term ‘‘digital mooring’’ refers to any "
        "ring that a ledger can open.\n\nThe office keeps the rings."
    )
    record = SmallRecord(encoder, [document(order, Kind.RULE, title="Harbour Order 7")])

    answer = record.ask("How does Harbour Order 7 define “digital mooring”?")

    assert answer.outcome is Outcome.ANSWERED
    assert "any ring that a ledger can open" in answer.citations[0].quote


def test_what_an_agency_says_is_not_what_its_chair_says(encoder: Encoder) -> None:
    letter = document(
        "Tokenized shares remain shares under our rules.\n\nThe staff will answer questions.",
        Kind.STATEMENT,
        publisher=None,
        author="Market Agency",
        title="Statement on tokenized shares",
        date="2026-04-21",
    )
    record = SmallRecord(encoder, [letter])
    staff = record.ask("What did the Market Agency say about tokenized shares?")
    chair = record.ask("What did the Market Agency’s chair say about tokenized shares?")
    assert staff.outcome is Outcome.ANSWERED
    assert chair.outcome is Outcome.RELATED
    assert "has nothing from Market Agency’s chair" in chair.text


def test_a_month_leads_to_the_letter_of_that_month(encoder: Encoder) -> None:
    letters = [
        document(
            f"We urge the harbour office to lower the toll for {boats}.",
            Kind.LETTER,
            publisher=None,
            author="Brook Fund",
            title=f"Letter on {boats}",
            date=date,
        )
        for boats, date in (
            ("ferries", "2026-01-05"), ("barges", "2026-04-21"), ("tugs", "2026-06-02"),
        )
    ]  # fmt: skip
    answer = SmallRecord(encoder, letters).ask("What did the Brook Fund urge in April?")
    assert answer.citations[0].date == "2026-04-21"


def test_what_another_document_says_is_not_what_the_one_asked_about_says(
    encoder: Encoder,
) -> None:
    record = SmallRecord(
        encoder,
        [
            document(
                "The Harbour Act sets the tolls. The Harbour Act binds every ferry.",
                Kind.BILL,
                publisher=None,
                title="Harbour Act",
            ),
            document(
                "The energy use of dredging is enormous: dredging burns more fuel than the town.",
                Kind.SPEECH,
                publisher=None,
                author="Ada Quay",
                title="Speech on fuel",
            ),
        ],
    )
    act = record.ask("What does the Harbour Act say about the energy use of dredging?")
    speech = record.ask("What does Ada Quay say about the energy use of dredging?")
    assert act.outcome is Outcome.RELATED
    assert speech.outcome is Outcome.ANSWERED


def test_where_a_partys_own_document_answers_mere_mentions_are_left_out(encoder: Encoder) -> None:
    record = SmallRecord(
        encoder,
        [
            document(
                "The Brook Fund says that a group of persons means people who act with one intent.",
                Kind.LETTER,
                publisher=None,
                author="Brook Fund",
                title="Letter on groups",
            ),
            document(
                "The guild has joined the Brook Fund against a wide reading of a group of persons.",
                title="News of the harbour",
            ),
        ],
    )
    answer = record.ask("What does the Brook Fund say about a group of persons?")
    assert {c.author for c in answer.citations} == {"Brook Fund"}


def test_a_short_form_that_the_question_explains_is_no_unknown_name(record: SmallRecord) -> None:
    answer = record.ask("What is the days payable outstanding (DPO) of Coinport?")
    assert answer.missing == ()
