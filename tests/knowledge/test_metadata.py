"""What documents say about themselves, in the places where such documents say it."""

# ruff: noqa: E501 (a paragraph is one line)

import pytest

from knowledge.reading import organisations, properties, written_dates
from knowledge.reading.cleaning import clean
from knowledge.reading.loaders import markdown, text
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.reading.metadata import read
from knowledge.reading.official import publication_day
from knowledge.types import Block, Kind, Particulars


def of_text(source: str) -> Particulars:
    return read(clean(text.load(source.encode(), LoadOptions())), name="a.txt", url=None)


def of_markdown(source: str) -> Particulars:
    options = LoadOptions(name="a.md")
    return read(clean(markdown.load(source.encode(), options)), name="a.md", url=None)


AUTHORITY_LETTER = """\
May 7, 2031

Agnes Holm
Chief Financial Officer
Nordfart Corp
12 Quay Street
Lindholm, LH 10036

Re: Nordfart Corp
Annual Report for the Year Ended December 31, 2030
File No. 001-99999

Dear Ms. Holm:

We have reviewed your filing and have the following comments.

1. We note that soot is not mentioned. Please tell us why.

Sincerely,

Division of Harbour Finance
Office of Ferries
"""

REPLY = """\
VIA EDGAR

May 20, 2031

Harbour and Exchange Commission
Division of Harbour Finance
100 F Street, NE
Washington, DC 20549
Attn: Robert Skarv

Re: Nordfart, Inc.
Annual Report for the Year Ended December 31, 2030

Ladies and Gentlemen:

We answer your letter of May 7, 2031 below.

Very truly yours,

/s/ Agnes Holm
Agnes Holm
Chief Financial Officer
cc: Sarah Reling, Council of Elders
"""

GERMAN_LETTER = """\
Verband der Fährleute e. V.
Kaiweg 3, 20457 Lindholm

4. März 2031

Ministerium für Häfen
Postfach 11, 10115 Lindholm

Betreff: Entwurf der Rußverordnung

Sehr geehrte Damen und Herren,

wir danken für die Gelegenheit zur Stellungnahme.

Mit freundlichen Grüßen

Jon Ohlsen
"""


def test_an_authoritys_letter_names_its_unit_and_the_company_it_writes_to():
    about = of_text(AUTHORITY_LETTER)

    assert about.kind is Kind.LETTER
    assert about.author == "Division of Harbour Finance"
    assert about.addressee == "Nordfart Corp"
    assert about.date == "2031-05-07"
    assert about.title == "Nordfart Corp, Annual Report for the Year Ended December 31, 2030"


def test_a_reply_without_letterhead_is_the_companys_whose_matter_it_is():
    about = of_text(REPLY)

    assert about.author == "Nordfart, Inc."
    assert about.addressee == "Harbour and Exchange Commission"
    assert about.date == "2031-05-20"


def test_a_german_letter_is_read_by_its_letterhead():
    about = of_text(GERMAN_LETTER)

    assert about.kind is Kind.LETTER
    assert about.author == "Verband der Fährleute e. V."
    assert about.addressee == "Ministerium für Häfen"
    assert about.date == "2031-03-04"
    assert about.title == "Entwurf der Rußverordnung"


def test_a_law_firms_letter_is_its_clients():
    about = of_text(
        "SALT & PIER LLP\n2 Quay Street\n\nMay 20, 2031\n\nHarbour and Exchange Commission\n"
        "100 F Street, NE\n\nRe: Nordfart Inc.\n\nDear Sir or Madam:\n\n"
        "On behalf of our client, Nordfart, Inc. (the “Company”), we submit this letter in answer to yours.\n\n"
        "Sincerely,\n\nJon Ohlsen\n"
    )

    assert about.author == "Nordfart, Inc."
    assert about.addressee == "Harbour and Exchange Commission"


def test_a_letterhead_in_capitals_is_written_in_small_letters():
    about = of_text(
        "HARBOUR AND EXCHANGE COMMISSION\nLINDHOLM, LH 20549\n\nMay 7, 2031\n\nAgnes Holm\nNordfart Corp\n"
        "12 Quay Street\n\nDear Ms. Holm:\n\nWe have no further comments.\n\nSincerely,\n\nRobert Skarv\n"
    )

    assert about.author == "Harbour and Exchange Commission"


def test_a_court_paper_is_the_courts_and_named_after_its_parties():
    about = of_text(
        "United States Court of Appeals\nFor the Thirteenth Circuit\n\nNo. 31-99\nNORDFART CORP,\nPlaintiff, Appellant,\nv.\n"
        "AGNES HOLM, in her official capacity,\nDefendant, Appellee.\n\nMarch 4, 2031\n\nThe appeal is dismissed.\n"
    )

    assert about.title == "NORDFART CORP v. AGNES HOLM"
    assert about.author == "United States Court of Appeals"
    assert (about.date, about.kind) == ("2031-03-04", Kind.OTHER)


def test_a_record_without_title_goes_by_its_id():
    hints = {"id": "quay-soot-001", "last_reviewed": "2031-06-17"}
    about = read(
        Loaded((Block("dimension: soot"),), hints=hints, format="yaml"), name=None, url=None
    )

    assert (about.title, about.modified) == ("quay-soot-001", "2031-06-17")


def test_an_entry_of_a_list_has_submitter_lister_and_the_kind_summary():
    about = of_markdown(
        "# Re: Shore power for all\n\n"
        "- Submitted by: Jon Ohlsen, President, Ferrymen's Association\n"
        "- Date: 2031-04-01\n"
        "- Listed by: Harbour and Exchange Commission, written input\n"
        "- Source: https://harbour.example/files/ohlsen.pdf\n\n"
        "## Key points (as published by the Commission)\n\n"
        "Shore power should be paid for by the harbour and not by the ships that use it in winter.\n"
    )

    assert about.author == "Ferrymen's Association"
    assert about.publisher == "Harbour and Exchange Commission"
    assert about.date == "2031-04-01"
    assert about.kind is Kind.SUMMARY
    assert about.url == "https://harbour.example/files/ohlsen.pdf"


def test_a_pasted_pages_run_together_byline_gives_publisher_and_dates():
    article = "The harbour authority voted to close the basin after two years of complaints about smoke, noise and soot in kitchens.\n"
    about = of_text(
        "Lindholm shuts its basin\n\nKystPostenPublié le 2031-03-04Mis à jour 2031-03-06\n\n"
        + article
    )

    assert about.title == "Lindholm shuts its basin"
    assert about.publisher == "KystPosten"
    assert (about.date, about.modified) == ("2031-03-04", "2031-03-06")
    assert about.kind is Kind.ARTICLE


def test_a_speech_is_its_speakers():
    about = of_markdown(
        "# On soot\n\n## Speech by Maria Sund, Chair of the Harbour Authority, at Lindholm University\n\n"
        "Lindholm, 25 April 2031\n\nLadies and friends, soot is a slow guest that stays in the house for the winter.\n"
    )

    assert about.author == "Maria Sund, Chair of the Harbour Authority"
    assert about.kind is Kind.SPEECH
    assert about.date == "2031-04-25"


def test_a_bill_is_its_chambers_and_is_called_by_its_short_title():
    about = of_text(
        "121ST CONGRESS\n1ST SESSION\nH. R. 99\n\nIN THE HOUSE OF REPRESENTATIVES\n\nA BILL\n\n"
        "Be it enacted by the Senate and House of Representatives of the United States of America in Congress assembled,\n\n"
        "SECTION 1. SHORT TITLE.\n\nThis Act may be cited as the ‘‘Shore Power Act of 2031’’.\n"
    )

    assert about.kind is Kind.BILL
    assert about.author == "U.S. House of Representatives"
    assert about.title == "Shore Power Act of 2031"
    assert about.date is None


def test_a_rule_of_the_federal_register_is_its_agencys_and_dated_by_its_filing():
    about = of_text(
        "DEPARTMENT OF HARBOURS\n\n46 CFR Part 7\n\nShore Power for Ferries\n\n"
        "AGENCY: Ferry Bureau (FB), DOH.\n\nACTION: Final rule.\n\nSUMMARY: This rule asks for shore power.\n\n"
        "[FR Doc. 2031-00001 Filed 3-7-31; 8:45 am]\n"
    )

    assert about.kind is Kind.RULE
    assert about.author == "Ferry Bureau"
    assert about.publisher == "Federal Register"
    assert about.title == "Shore Power for Ferries"
    assert about.date == "2031-03-10"


@pytest.mark.parametrize(
    ("filed", "published"),
    [
        ("[FR Doc. 2014-1 Filed 8-14-14; 8:45 am]", "2014-08-15"),
        ("[FR Doc. 2013-2 Filed 12-13-13; 8:45 am]", "2013-12-16"),
        ("[FR Doc. 2015-3 Filed 4-15-15; 4:15 pm]", "2015-04-17"),
        ("[FR Doc. 2015-3 Filed 13-45-15; 4:15 pm]", None),
    ],
)
def test_a_filing_line_tells_the_day_of_publication(filed: str, published: str | None):
    assert publication_day(filed) == published


def test_what_the_format_states_wins_over_what_the_text_says():
    loaded = text.load(AUTHORITY_LETTER.encode(), LoadOptions())
    stated = Loaded(loaded.blocks, Particulars(author="Harbour Office", date="2031-05-08"))

    about = read(stated, name=None, url="https://harbour.example/letter")

    assert (about.author, about.date) == ("Harbour Office", "2031-05-08")
    assert about.url == "https://harbour.example/letter"


def test_unknown_stays_unknown():
    about = of_text("Some notes on ferries, soot and the price of batteries in winter.\n")

    assert about == Particulars()


@pytest.mark.parametrize(
    "nonsense",
    [
        "Microsoft Word - draft3",
        "untitled",
        "Nordfart Corp 10-K Letter.pdf",
        "C:\\Users\\holm\\soot.doc",
        "Document1",
        "PowerPoint Presentation",
        "tmp_8812_final",
        "2031-03-04 09:12",
    ],
)
def test_titles_that_programs_make_are_rejected(nonsense: str):
    assert properties.title(nonsense) is None


def test_titles_and_houses_in_properties_are_taken_typists_are_not():
    hints = {"title": "Annual Report on Soot", "author": "holma", "company": "Nordfart Inc."}
    about = read(Loaded((Block("Text."),), hints=hints, format="docx"), name=None, url=None)

    assert about.title == "Annual Report on Soot"
    assert about.author is None
    assert properties.author("Caroline Skarv") is None
    assert properties.author("Harbour Authority") == "Harbour Authority"


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("Jon Ohlsen, Ferrybit", "Ferrybit"),
        ("Jon Ohlsen and Maria Sund, Harbour Institute", "Harbour Institute"),
        ("Nordfart Global, Inc.", "Nordfart Global, Inc."),
        ("Council for Soot and Nordfart", "Council for Soot and Nordfart"),
        ("Jon Ohlsen, Maria Sund", "Jon Ohlsen, Maria Sund"),
        ("Maria Sund", "Maria Sund"),
    ],
)
def test_the_organisation_behind_its_people_is_the_author(line: str, speaker: str):
    assert organisations.speaks_for(line) == speaker


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("March 8, 2024", "2024-03-08"),
        ("8 March 2024", "2024-03-08"),
        ("Lindholm, 8. März 2024", "2024-03-08"),
        ("le 8 mars 2024", "2024-03-08"),
        ("8 de marzo de 2024", "2024-03-08"),
        ("13/08/2024", "2024-08-13"),
        ("08.03.2024", "2024-03-08"),
        ("2024年3月8日", "2024-03-08"),
        ("Thursday, August 6, 2020", "2020-08-06"),
        ("03/04/2024", None),
        ("February 30, 2024", None),
        ("for the year ended December 31, 2018", None),
    ],
)
def test_a_line_that_is_a_date_is_read_in_many_languages(line: str, date: str | None):
    assert written_dates.only(line) == date
