"""Every word of our own in an answer, in every language we speak: one table.

A language is a column; a missing phrase falls back to English. Quotations stay in
their own language.
"""

from __future__ import annotations

from knowledge.text import bag

LANGUAGES = ("en", "it")

MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December"),
    "it": ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto",
           "settembre", "ottobre", "novembre", "dicembre"),
}  # fmt: skip

_TABLE: dict[str, tuple[str, str]] = {
    # Who speaks
    "reports": ("{who} reports:", "{who} riferisce:"),
    "writes": ("{who} writes:", "{who} scrive:"),
    "said": ("{who} said:", "{who} ha detto:"),
    "document_says": ("{title} says:", "{title} dice:"),
    "text_says": ("The document says:", "Il documento dice:"),
    "quotes": ("It quotes {who}:", "Cita {who}:"),
    "names_nobody": (
        "It goes on, without saying whose words these are:",
        "Prosegue, senza dire di chi sono le parole:",
    ),
    "someone_quoted": (
        "{who} gives these words without saying clearly whose they are:",
        "{who} riporta queste parole senza dire chiaramente di chi sono:",
    ),
    "summary_says": (
        "{publisher}’s summary of the document by {author} says:",
        "La sintesi di {publisher} del documento di {author} dice:",
    ),
    "own_summary_says": ("{publisher}’s summary says:", "La sintesi di {publisher} dice:"),
    # How it answers
    "contradicts": ("The record contradicts this:", "Gli atti dicono il contrario:"),
    "not_yes_no": (
        "The record does not say yes or no. On {who} it holds:",
        "Gli atti non dicono né sì né no. Su {who} contengono:",
    ),
    "not_before": (
        "No: the record dates this {date}, after {as_of}.",
        "No: negli atti la data è {date}, dopo il {as_of}.",
    ),
    "in_english": (
        "The record is in English; the quotations stay as they are.",
        "Gli atti sono in inglese; le citazioni restano come sono. Cercato: {names}.",
    ),
    "expanded": ("{short} = {long}", "{short} = {long}"),
    "understood_as": ("understood as: {question}", "inteso come: {question}"),
    "date_means": (
        "“{words}” = {date}, from the document’s date",
        "“{words}” = {date}, dalla data del documento",
    ),
    "date_means_article": (
        "“{words}” = {date}, from the article’s date",
        "“{words}” = {date}, dalla data dell’articolo",
    ),
    # When it does not
    "not_found": ("The record does not answer this.", "Gli atti non rispondono a questa domanda."),
    "empty": (
        "The record is empty: there is no document to answer from.",
        "Gli atti sono vuoti: non c’è alcun documento da cui rispondere.",
    ),
    "knows_not": ("It has nothing about {names}.", "Non contengono nulla su {names}."),
    "not_together": (
        "It mentions {names}, but nowhere together with what is asked.",
        "Nominano {names}, ma non insieme a ciò che è chiesto.",
    ),
    "nothing_from": (
        "It mentions {names}, but has nothing from {names} on this.",
        "Nominano {names}, ma non contengono nulla di {names} al riguardo.",
    ),
    "searched": (
        "Searched: {documents} documents{publishers}{newest}.",
        "Cercato in: {documents} documenti{publishers}{newest}.",
    ),
    "searched_one": ("Searched: 1 document{publishers}{newest}.", "Cercato in: 1 documento{publishers}{newest}."),  # noqa: E501
    "from_publishers": (" from {names}", " di {names}"),
    "and_others": (" and {count} more", " e altri {count}"),
    "newest": (", the newest of {date}", ", il più recente del {date}"),
    "only_record": (
        "This says what the record holds, not what was said elsewhere.",
        "Questo dice che cosa contengono gli atti, non che cosa è stato detto altrove.",
    ),
    "possibly_related": ("Possibly related:", "Forse attinente:"),
    "which": ("Which {word} do you mean?", "Quale {word} intendi?"),
    "who_is": (
        "Who or what is meant by “{word}”? Please name the organisation, person or document.",
        "A chi o a che cosa si riferisce “{word}”? Indica l’organizzazione, la persona o il documento.",  # noqa: E501
    ),
    # Sources
    "from_to": ("{first} to {last}", "dal {first} al {last}"),
    "undated": ("undated", "senza data"),
    "unread": (
        "Documents found whose stored text is damaged, not read: {documents}. An admin can name them: footnote doctor",  # noqa: E501
        "Documenti trovati il cui testo conservato è danneggiato, non letti: {documents}. Un amministratore può nominarli: footnote doctor",  # noqa: E501
    ),
    "untitled": ("untitled document", "documento senza titolo"),
    "letter_missing": ("the letter itself is not in this record", "la lettera stessa non è negli atti"),  # noqa: E501
    "replaced": ("replaced on {date}", "sostituito il {date}"),
    "recognised": ("recognised from a picture (OCR)", "riconosciuto da un’immagine (OCR)"),
    "excerpt": ("an excerpt: the page shows no more", "un estratto: la pagina non mostra altro"),
    "summary_of": ("summary of a document by {author}", "sintesi di un documento di {author}"),
    "kind_to": ("{kind} to {addressee}", "{kind} a {addressee}"),
    "kind_article": ("article", "articolo"),
    "kind_letter": ("letter", "lettera"),
    "kind_statement": ("statement", "dichiarazione"),
    "kind_speech": ("speech", "discorso"),
    "kind_bill": ("bill", "disegno di legge"),
    "kind_rule": ("rule", "norma"),
    "kind_release": ("release", "comunicato"),
    "kind_summary": ("summary", "sintesi"),
    "kind_other": ("document", "documento"),
    "and": ("and", "e"),
    # With a language model
    "from_quotations": ("answered from quotations", "risposta fatta di citazioni"),
    "draft_failed": (
        "answered from quotations: the model’s draft did not hold against the sources",
        "risposta fatta di citazioni: la bozza del modello non ha retto al confronto con le fonti",
    ),
    "model_found_nothing": (
        "answered from quotations: the model found no answer in these passages",
        "risposta fatta di citazioni: il modello non ha trovato risposta in questi brani",
    ),
    "model_spent": (
        "answered from quotations: the model answers allowed for today are used up",
        "risposta fatta di citazioni: le risposte del modello concesse per oggi sono esaurite",
    ),
    "not_in_record": ("Not in the record: {part}", "Non è negli atti: {part}"),
    "not_literal": ("not literally in the source", "non così alla lettera nella fonte"),
}  # fmt: skip


def say(key: str, locale: str = "en", **values: object) -> str:
    """Return a phrase in a language ("it", "it-IT"), with its values put in.

    An unknown language is English. Raises KeyError for an unknown phrase: a bug.
    """
    english, italian = _TABLE[key]
    phrase = italian if locale.split("-")[0] == "it" else english
    return phrase.format(**values)


_INSTITUTIONS = bag(
    """association fund commission board bureau institute chamber council bank agency staff committee
    department division coalition alliance authority"""  # noqa: E501
)


def the(name: str) -> str:
    """Put "the" before a name made of ordinary words: "the Blockchain Association"."""
    last = name.split()[-1].lower() if name.split() else ""
    ordinary = last in _INSTITUTIONS or name.startswith("U.S. ")
    return f"the {name}" if ordinary and not name.lower().startswith("the ") else name


def capital(words: str) -> str:
    """Begin with a capital what begins with "the"."""
    return words[:1].upper() + words[1:] if words.startswith("the ") else words


def join(names: list[str] | tuple[str, ...], locale: str = "en") -> str:
    """Return "A, B and C" in a language."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {say('and', locale)} {names[-1]}"
