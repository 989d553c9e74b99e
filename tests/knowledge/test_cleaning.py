"""What is set aside from pasted pages, and what must stay in ordinary documents."""

# ruff: noqa: E501 (a pasted paragraph is one line)

from knowledge.reading.cleaning import clean
from knowledge.reading.loaders import text
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block

ARTICLE = """\
The harbour authority of Lindholm voted on Tuesday to close the eastern basin to diesel ferries from next spring, after two years of complaints about smoke and noise.

Residents of the quay had measured soot in their kitchens since 2023. Their association brought the figures to the council, which asked the university to repeat the measurements.

The university found that soot near the terminal was four times higher than in the old town. "We expected a difference, but not of this size," said the engineer who led the study.

The ferry company Nordfart answered that batteries for its three largest ships cannot be delivered before 2028. It offered to switch off engines at the quay instead.

Two council members called the offer an attempt to win time. The chairwoman of the harbour authority said that exceptions would be granted for ships that order shore power by June.

Freight operators are not affected by the decision. Their terminal moved to the outer harbour in 2019, where the wind carries smoke out to sea.

The company can appeal against the vote within four weeks. A spokesman said that its lawyers were reading the decision and that passengers need not change their plans this winter.
"""

ABSTRACT = """\
In breve

Lindholm's harbour authority voted to close the eastern basin to diesel ferries after residents measured soot in their kitchens. The university found soot near the terminal four times higher than in the old town. The ferry company Nordfart offered to switch off engines at the quay, since batteries cannot be delivered before 2028. Freight operators are not affected, and the company can appeal within four weeks.
"""

EXCHANGE = """\
Domande frequenti

DWhy did the harbour authority of Lindholm close the eastern basin to diesel ferries?

RThe harbour authority voted to close the eastern basin after two years of complaints about smoke and noise, and after the university found soot four times higher than in the old town.

DWhat did the ferry company Nordfart offer?

RNordfart offered to switch off engines at the quay, because batteries for its three largest ships cannot be delivered before 2028.
"""

TEASERS = """\
Leggi anche

Bakers of Osterby strike for a second week

Summary: Bread is short in the northern districts because two hundred bakers stay away from work. The union asks for a supplement for night shifts, the owners refer to flour prices, and a mediator has been called for Thursday.

Kystposten12 min fa

Bakers of Osterby strike for a second week

Kystposten12 min fa

A museum counts its herrings

Curators found forty jars without labels in the cellar of the fishing museum and invite visitors to guess their age on the first Sunday of the month.

Fiskebladet2 h fa

A museum counts its herrings

Fiskebladet2 h fa

Mercati

Aringa
Sale
Farina
"""

BYLINE = "kystpostenPubblicato 2031-03-04Aggiornato l'ultima volta 2031-03-05\n"
TITLE = "Lindholm shuts its eastern basin to diesel ferries\n"


def pasted(*parts: str) -> Loaded:
    return text.load("\n".join(parts).encode(), LoadOptions(name="page.txt"))


def reasons(loaded: Loaded) -> dict[str, str]:
    return {part.reason: part.text for part in loaded.set_aside}


def body(loaded: Loaded) -> str:
    return "\n\n".join(block.text for block in loaded.blocks)


def test_an_article_pasted_with_its_site_is_left_alone_with_its_title():
    cleaned = clean(pasted(TITLE, BYLINE, ABSTRACT, ARTICLE, EXCHANGE, TEASERS))

    assert body(cleaned) == f"{TITLE.strip()}\n\n{ARTICLE.strip()}"
    assert cleaned.blocks[0].role == "heading"


def test_every_part_set_aside_keeps_its_text_and_its_reason():
    found = reasons(clean(pasted(TITLE, BYLINE, ABSTRACT, ARTICLE, EXCHANGE, TEASERS)))

    assert found["abstract"].split() == ABSTRACT.split()
    assert found["question and answer"].split() == EXCHANGE.split()
    assert found["related articles"].startswith("Leggi anche")
    assert "Bread is short" in found["related articles"]
    assert found["widget"].split() == ["Mercati", "Aringa", "Sale", "Farina"]
    assert found["furniture"] == BYLINE.strip()


def test_a_page_pasted_with_a_paragraph_a_line_is_cleaned_too():
    page = "\n".join([TITLE, BYLINE, ABSTRACT, ARTICLE, EXCHANGE, TEASERS])
    dense = "\n".join(line for line in page.splitlines() if line.strip())

    assert body(clean(pasted(dense))) == f"{TITLE.strip()}\n\n{ARTICLE.strip()}"


def test_an_abstract_is_known_without_its_label_and_a_title_without_a_byline():
    bare = ABSTRACT.split("\n\n", 1)[1]

    cleaned = clean(pasted(TITLE, bare, ARTICLE, EXCHANGE, TEASERS))

    assert body(cleaned) == f"{TITLE.strip()}\n\n{ARTICLE.strip()}"
    assert reasons(cleaned)["abstract"] == bare.strip()
    assert cleaned.blocks[0].role == "heading"


def test_an_articles_own_lead_is_no_abstract():
    cleaned = clean(pasted(TITLE, BYLINE, ARTICLE, TEASERS))

    assert body(cleaned) == f"{TITLE.strip()}\n\n{ARTICLE.strip()}"


def test_teasers_are_known_by_german_and_chinese_ages_too():
    german = TEASERS.replace("Kystposten12 min fa", "Kystposten vor 12 Minuten")
    chinese = TEASERS.replace("12 min fa", "12分钟前").replace("2 h fa", "2小时前")

    for teasers in (german, chinese):
        cleaned = clean(pasted(TITLE, ARTICLE, teasers))
        assert "Bread is short" not in body(cleaned)
        assert body(cleaned).endswith("this winter.")


def test_teasers_in_a_language_whose_units_we_do_not_know_are_told_by_their_shape():
    finnish = TEASERS.replace("12 min fa", " 12 hetkeä sit").replace("2 h fa", " 2 hetkeä sit")

    assert "Bread is short" not in body(clean(pasted(TITLE, ARTICLE, finnish)))


def test_an_introduction_of_the_author_is_no_abstract_of_a_site():
    introduction = ABSTRACT.replace("In breve", "Introduction")
    report = pasted(TITLE, introduction, ARTICLE)

    assert clean(report) == report


def test_a_page_that_is_all_questions_and_answers_is_kept():
    faq = pasted(
        "Questions about parking\n",
        *(
            f"Q: May I park at gate {gate}?\n\nA: Gate {gate} is open to holders of a permit "
            f"of class {gate} between six and nine in the morning, except on market days.\n"
            for gate in range(1, 6)
        ),
    )

    assert clean(faq) == faq


def test_an_interview_after_an_introduction_is_kept():
    interview = EXCHANGE.replace("RThe harbour authority voted to close the eastern basin", "RI")
    answers = (
        "QHow did you come to paint trains?\n",
        "AMy grandfather drove them, and he let me choose the colour of his toolbox when I was "
        "six, so I never thought of anything else.\n",
        "QWhat do conductors say about it?\n",
        "AMost like it. One asked for his daughter's name on the buffer, which I did at night.\n",
    )
    assert interview != EXCHANGE
    document = pasted(TITLE, ARTICLE, *answers)

    assert clean(document) == document


def test_staff_comments_and_replies_of_a_letter_are_kept():
    letter = pasted(
        "March 8, 2031\n",
        "Dear Ms. Holm:\n",
        "We have reviewed your filing and have the following comments on the annual report that "
        "you sent to us in January, which we ask you to answer within ten days.\n",
        "1. Please tell us how you measure the soot of your ferries. Did the university agree?\n",
        "Response: We measure the soot of our ferries at the quay, twice a week, in the way that "
        "the university agreed to in its letter of 3 May.\n",
        "2. Please tell us when the batteries will be delivered. Is the date firm?\n",
        "Response: The batteries will be delivered in 2028. The date is firm for two of the three "
        "ships, and the maker will confirm the third in autumn.\n",
        "Sincerely,\n",
        "Agnes Holm\nChief Engineer\nNordfart\n",
    )

    assert clean(letter) == letter


def test_a_heading_that_returns_is_no_teaser():
    bill = pasted(
        *(
            f"SEC. {number}. DUTY TO KEEP A REGISTER OF VESSELS\n\n"
            f"(a) The operator of a vessel of class {number} shall keep a register of the fuel "
            "taken on board, the hours of running engines at the quay and the name of the officer."
            for number in (1, 2, 3)
        )
    )

    assert clean(bill) == bill


def test_a_manuals_labels_that_return_are_no_teasers():
    manual = pasted(
        ARTICLE,
        *(
            f"Error type: bad request\n\nResponse code: 400\n\nError {number} of the ferry\n\n"
            f"The capacity of vessel {number} must be a positive number.\n"
            for number in (1, 2, 3)
        ),
    )

    assert clean(manual) == manual


def test_headlines_that_stand_twice_after_the_end_are_teasers_without_ages():
    feed = "\n".join(line for line in TEASERS.split("\n") if " fa" not in line)

    assert "Bread is short" not in body(clean(pasted(TITLE, ARTICLE, feed)))


def test_sharing_bars_newsletter_boxes_and_tickers_at_the_edges_go():
    page = pasted(
        "Facebook\nX\nLinkedIn\nWhatsApp\n",
        "HRG 12.40 +1.2 %\nSLT 3.15 -0.4 %\nFLR $7.99 +3.0 %\n",
        ARTICLE,
        "Abonniere unseren Newsletter: einmal die Woche das Beste vom Hafen per E-Mail\n",
    )

    cleaned = clean(page)

    assert body(cleaned) == ARTICLE.strip()
    assert [part.reason for part in cleaned.set_aside] == ["furniture", "widget", "furniture"]


def test_a_document_about_newsletters_keeps_every_word_on_them():
    rule = pasted(
        ARTICLE,
        *(f"Section {n}: a newsletter sent by e-mail names its sender.\n" for n in (1, 2, 3)),
    )

    assert clean(rule) == rule


def test_formats_that_bring_no_site_along_are_not_searched():
    loaded = Loaded(blocks=(Block("Reuters 5 min ago"), Block("x")), format="pdf")

    assert clean(loaded) is loaded


def test_a_text_that_would_lose_everything_stays():
    only = pasted(TEASERS)

    assert clean(only) == only
