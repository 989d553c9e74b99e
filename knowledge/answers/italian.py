"""A small Italian to English dictionary for questions over English documents.

Function words, verbs of saying and asking, and the vocabulary of rules and markets:
enough to search an English record, not to translate. Names are carried over as they are.
"""

from __future__ import annotations

import re

from knowledge.text import bag

_MARKS = bag(
    """il lo gli della dello degli delle dei nel nella nelle sul sulla che cosa chi quando dove
    perché come quale quali quanto quanti quanta ha hanno è sono stato stata aveva di da
    con per una uno un alla allo alle agli ai al dal dalla tra fra proposito secondo cui
    anche più questo questa contro entro dopo prima senza"""
)

_ENGLISH = {
    # questions
    "che": "what", "cosa": "", "chi": "who", "quando": "when", "dove": "where", "perché": "why",
    "come": "how", "quale": "which", "quali": "which", "quanto": "how much", "quanti": "how many",
    "quante": "how many", "quanta": "how much",
    # small words, dropped
    **dict.fromkeys(
        bag(
            """il lo la i gli le l un uno una di del dello della dei degli delle d a al allo
            alla ai agli alle da dal dallo dalla dai dagli dalle in nel nello
            nella nei negli nelle con su sul sullo sulla sui sugli sulle tra fra
            e ed o è sono era erano ha hanno aveva avevano si ci ne se stato
            stata stati state essere avere questo questa questi queste quello
            quella suo sua suoi loro anche più già proposito riguardo circa mi
            ti vi cui"""
        ), ""),
    "per": "for", "non": "not", "secondo": "according to", "sotto": "under", "prima": "before",
    "dopo": "after", "senza": "without", "contro": "against", "avrebbe": "would", "avrebbero": "would", "durante": "during", "entro": "within",  # noqa: E501
    # verbs of saying and doing
    "chiesto": "asked", "chiede": "asks", "chiedono": "ask", "chiedere": "ask", "detto": "said",
    "dice": "says", "dicono": "say", "dichiarato": "stated", "scritto": "wrote", "scrive": "writes",
    "risposto": "responded", "rispose": "responded", "risponde": "responds", "sostiene": "argues",
    "sostenuto": "argued", "sostengono": "argue", "propone": "proposes", "proposto": "proposed",
    "propongono": "propose", "raccomanda": "recommends", "raccomandato": "recommended",
    "suggerisce": "suggests", "suggerito": "suggested", "critica": "criticism", "criticato": "criticised",  # noqa: E501
    "definisce": "define", "definito": "defined", "definire": "define", "vieta": "prohibit",
    "vietato": "prohibited", "vietare": "prohibit", "revoca": "revoke", "revocato": "revoked",
    "scade": "expire", "scadenza": "deadline", "impone": "require", "imposto": "imposed",
    "richiede": "require", "richiesto": "required", "deve": "must", "devono": "must", "può": "may",
    "possono": "may", "vuole": "wants", "vogliono": "want", "inviato": "sent", "mandato": "sent",
    "presentato": "submitted introduced", "pubblicato": "published", "approvato": "approved", "respinto": "rejected",  # noqa: E501
    "sostituisce": "replace", "accade": "happen", "succede": "happen", "fatto": "made", "emesso": "issued",  # noqa: E501
    "concesso": "granted", "considera": "considers", "considerare": "consider", "pensa": "think",
    # rules, markets, documents
    "lettera": "letter", "lettere": "letters", "contributo": "submission", "contributi": "submissions",  # noqa: E501
    "definizione": "definition", "regola": "rule", "regole": "rules", "norma": "rule", "norme": "rules",  # noqa: E501
    "regolamento": "regulation", "regolamentazione": "regulation rulemaking", "legge": "law", "leggi": "laws",  # noqa: E501
    "disegno": "bill", "proposta": "proposal", "proposte": "proposals", "ordine": "order",
    "esecutivo": "executive", "decreto": "decree", "articolo": "article", "dichiarazione": "statement",  # noqa: E501
    "discorso": "speech", "sentenza": "ruling", "tribunale": "court", "corte": "court", "giudice": "judge",  # noqa: E501
    "titolo": "security", "titoli": "securities", "tokenizzati": "tokenized", "tokenizzate": "tokenized",  # noqa: E501
    "tokenizzato": "tokenized", "tokenizzazione": "tokenization", "azioni": "shares", "azione": "share",  # noqa: E501
    "obbligazioni": "bonds", "emittente": "issuer", "emittenti": "issuers", "consenso": "consent",
    "autorizzazione": "authorization", "borsa": "exchange", "borse": "exchanges", "scambio": "exchange",  # noqa: E501
    "intermediario": "intermediary", "intermediari": "intermediaries", "investitore": "investor",
    "investitori": "investors", "protezione": "protection", "tutela": "protection", "mercato": "market",  # noqa: E501
    "mercati": "markets", "banca": "bank", "banche": "banks", "centrale": "central", "moneta": "currency",  # noqa: E501
    "valuta": "currency", "digitale": "digital", "digitali": "digital", "attività": "assets activity",  # noqa: E501
    "cripto": "crypto", "criptovalute": "cryptocurrencies", "criptovaluta": "cryptocurrency",
    "portafoglio": "wallet", "portafogli": "wallets", "riserva": "reserve", "riserve": "reserves",
    "capitale": "capital", "minimo": "minimum", "massimo": "maximum", "requisito": "requirement",
    "requisiti": "requirements", "esenzione": "exemption", "esenzioni": "exemptions", "deroga": "exemption",  # noqa: E501
    "infrastruttura": "infrastructure", "neutrale": "neutral", "decentralizzata": "decentralized",
    "decentralizzato": "decentralized", "decentralizzati": "decentralized", "protocollo": "protocol",  # noqa: E501
    "protocolli": "protocols", "piattaforma": "platform", "piattaforme": "platforms", "sviluppatori": "developers",  # noqa: E501
    "registrazione": "registration", "licenza": "license", "vigilanza": "oversight supervision",
    "autorità": "authority", "commissione": "commission", "governo": "government", "presidente": "chair president",  # noqa: E501
    "commissario": "commissioner", "commissaria": "commissioner", "sanzione": "penalty", "multa": "fine",  # noqa: E501
    "costo": "cost", "costi": "costs", "ricavi": "revenue", "bilancio": "financial statements",
    "rischio": "risk", "rischi": "risks", "posizione": "position", "argomento": "argument",
    "principale": "main", "ragione": "reason", "motivo": "reason", "giorno": "day", "giorni": "days",  # noqa: E501
    "mese": "month", "mesi": "months", "anno": "year", "anni": "years", "data": "date", "scopo": "purpose",  # noqa: E501
    "obiettivo": "goal", "rapporto": "report", "relazione": "report", "pagamento": "payment",
    "pagamenti": "payments", "conto": "account", "conti": "accounts", "cliente": "customer", "clienti": "customers",  # noqa: E501
    "società": "company", "impresa": "company", "imprese": "companies", "associazione": "association",  # noqa: E501
    "processo": "process", "procedura": "procedure", "periodo": "period", "durata": "duration",
    # months
    "gennaio": "January", "febbraio": "February", "marzo": "March", "aprile": "April", "maggio": "May",  # noqa: E501
    "giugno": "June", "luglio": "July", "agosto": "August", "settembre": "September", "ottobre": "October",  # noqa: E501
    "novembre": "November", "dicembre": "December",
}  # fmt: skip

_TOKEN = re.compile(r"[^\W\d_]+|[\d]+|[^\w\s]|\s+")


def is_italian(text: str) -> bool:
    """Say whether a question is Italian: three Italian small words, or half of a short one."""
    found = re.findall(r"[^\W\d_]+", text)
    words = [w.lower() for w in found]
    # Names are of no language.
    own = sum(w[0].islower() for w in found)
    marks = sum(w in _MARKS for w in words)
    english = sum(
        w in {"the", "what", "did", "does", "of", "to", "is", "and", "who", "when"} for w in words
    )
    return marks >= max(2, english + 1) and (marks >= 3 or marks * 2 >= own)


_ASKING = bag(
    """che cosa chi quando dove perché come quale quali quanto quanti quante quanta cui
    spiega elenca"""
)


def asks_yes_no(text: str) -> bool:
    """Say whether an Italian question asks for yes or no: it holds no word that asks for more."""
    words = {w.lower() for w in re.findall(r"[^\W\d_]+", text)}
    return text.rstrip().endswith("?") and not words & _ASKING


def to_english(text: str) -> str:
    """Return English search words for an Italian question; unknown words and names stay.

    A capitalised word inside the question is a name and is kept, unless it is a month.
    """
    pieces: list[str] = []
    first = True
    for token in _TOKEN.findall(text):
        if not token[0].isalpha():
            pieces.append(" " if token in "’'" else token)
            continue
        low = token.lower()
        name = token[0].isupper() and not first
        pieces.append(token if name else _ENGLISH.get(low, token))
        first = False
    return re.sub(r"\s+([?,.;:!])", r"\1", " ".join("".join(pieces).split()))
