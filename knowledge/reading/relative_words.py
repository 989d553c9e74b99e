"""The words of five languages for days relative to today, and which of them a text is in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

SAMPLE_CHARS = 20_000
"""How much of a text tells its language."""
NEVER = r"(?!x)x"

_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_FULL = "January|February|March|April|May|June|July|August|September|October|November|December"


@dataclass(frozen=True, slots=True)
class Language:
    """How one language speaks of days. Patterns are regular expressions; words lower case."""

    name: str
    common: frozenset[str]
    """Its most frequent words, to tell it by."""
    weekdays: Mapping[str, int]
    """Monday is 0."""
    units: Mapping[str, str]
    """Nouns for day, week, weekend, month, quarter and year."""
    days: Mapping[str, int]
    """Words for days, with their distance from today."""
    last: frozenset[str]
    next: frozenset[str]
    this: frozenset[str]
    weekday: str
    unit: str
    day: str
    ago: str
    month_day: str
    month: str
    future: str
    """Words after which a weekday lies ahead."""
    told: str
    """Words of telling: what follows them looks back again."""
    no_weekday: str
    """Words before a weekday that make it a name or a habit."""
    no_weekday_after: str
    numbers: Mapping[str, int] = field(default_factory=dict)

    def number(self, word: str) -> int | None:
        """A count written in figures or words; None for "several" and the like."""
        return int(word) if word.isdigit() else self.numbers.get(word.casefold())


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


def _count(words: str) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), 1)}


_ENGLISH_NUMBERS = (
    _count(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty"
    )
    | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
    | {"twenty-one": 21, "forty-five": 45, "hundred": 100}
)
_EN_WHICH = "last|next|previous|this past|(?:this )?(?:up)?coming|this"
EN_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_DE_DAYS = "Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag"
_FR_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_IT_DAYS = "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
_ES_DAYS = "lunes|martes|miércoles|jueves|viernes|sábado|domingo"


def _weekdays(names: str) -> dict[str, int]:
    return {name.casefold(): number for number, name in enumerate(names.split("|"))}


ENGLISH = Language(
    name="en",
    common=_set(
        "the|of|and|to|in|that|is|for|on|with|was|by|it|as|are|from|at|this|be|have|has|would|will"
    ),
    weekdays=_weekdays(EN_DAYS),
    units={unit: unit for unit in ("day", "week", "weekend", "month", "quarter", "year")}
    | {f"{unit}s": unit for unit in ("day", "week", "month", "year")},
    days={"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "the day before yesterday": -2}
    | {"the day after tomorrow": 2},
    last=_set("last|past|this past|previous|the previous"),
    next=_set("next|coming|upcoming|this coming|this upcoming"),
    this=_set("this"),
    weekday=rf"\b(?:(?i:on|since|until|by|before|after|from)\s+)?"
    rf"(?:(?P<which>(?i:{_EN_WHICH}))\s+)?"
    rf"(?P<day>{EN_DAYS})\b(?:\s+(?:morning|afternoon|evening|night))?",
    unit=r"\b(?P<which>last|next|this)\s+(?P<unit>week|weekend|month|quarter|year)\b(?!['’]s|\s+of\b)"
    r"|\b(?:over|at|during)\s+the\s+(?P<which2>past\s+)?(?P<unit_>weekend)\b",
    day=r"\bthe day before yesterday\b|\bthe day after tomorrow\b|\byesterday\b|\btoday\b(?!['’]s)"
    r"|\btonight\b|\btomorrow\b",
    ago=r"\b(?P<count>\d{1,4}|[a-z]+(?:-[a-z]+)?)\s+(?P<unit>days?|weeks?|months?|years?)\s+ago\b",
    month_day=rf"\b(?:(?P<m1>{_MONTH})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*,?\s*(?:\d{{4}}|of\b)|\s*(?:[-–]|to|and|through)\s?[^.;\n]{{0,16}}\d{{4}})(?![\d:.,]*\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{_FULL})\b(?!\s*,?\s*(?:of\b|\d{{4}})|\s*(?:[-–]|to|and)\s?[^.;\n]{{0,16}}\d{{4}}))",
    month=rf"\b(?i:in|during|since|until|by)\s+(?:(?:early|late|mid)[\s-])?(?:(?P<which>last|next)\s+)?"
    rf"(?P<month>{_FULL})\b(?!\s*,?\s*(?:of\s+|in\s+)?\d|\s*(?:[-–]|to|and|or|through|until)\s)|\b(?P<which2>last|next|this)\s+(?P<month_>{_FULL})\b(?!\s+\d)",
    future=r"\b(?:will|shall|(?:is|are) (?:set|due|scheduled|expected|slated|likely|about|going)"
    r"|plans? to|intends? to|to be)\b",
    told=r"\b(?:said|told|wrote|announced|reported|stated|published|filed|sued|voted)\b",
    no_weekday=r"(?:every|each|black|good|ash|cyber|super|bloody|palm|easter|holy|fat|bowl|to|through|thru"
    r"|[-–])\s*(?:on\s+)?$",
    no_weekday_after=r"s\b|,?\s+(?:the\s+)?\d|,?\s+(?:"
    + _MONTH
    + r")\b|\s*(?:through|thru|to|[-–])\s*\w+day\b",
    numbers=_ENGLISH_NUMBERS,
)

GERMAN = Language(
    name="de",
    common=_set(
        "der|die|und|das|den|von|zu|mit|ist|des|dem|nicht|ein|eine|auch|sich|auf|im|für|wird|hat|bei"
    ),
    weekdays=_weekdays(_DE_DAYS.replace("Sonnabend|", "")) | {"sonnabend": 5},
    units={
        "woche": "week",
        "wochenende": "weekend",
        "monat": "month",
        "quartal": "quarter",
        "jahr": "year",
    }
    | {"tag": "day", "tagen": "day", "wochen": "week", "monaten": "month", "jahren": "year"},
    days={"gestern": -1, "vorgestern": -2, "heute": 0, "übermorgen": 2},
    last=_set(
        "letzte|letzten|letztes|letzter|vergangene|vergangenen|vergangenes|vorige|vorigen|voriges"
    ),
    next=_set("nächste|nächsten|nächstes|nächster|kommende|kommenden|kommendes"),
    this=_set("diese|diesen|dieses|dieser|diesem"),
    weekday=rf"\b(?:am|seit|bis|vom)\s+(?:(?P<which>letzten|vergangenen|vorigen|nächsten|kommenden|diesem)\s+)?"
    rf"(?P<day>{_DE_DAYS})\b",
    unit=r"\b(?P<which>letzte[nsr]?|vergangene[ns]?|vorige[ns]?|nächste[nsr]?|kommende[ns]?|diese[nsrm]?)\s+"
    r"(?P<unit>Woche|Wochenende|Monat|Quartal|Jahr)\b",
    day=r"\bvorgestern\b|\bgestern\b|\bheute\b|\bübermorgen\b",
    ago=r"\bvor\s+(?P<count>\d{1,4}|\w+)\s+(?P<unit>Tagen|Tag|Wochen|Woche|Monaten|Monat|Jahren|Jahr)\b",
    month_day="",
    month="",
    future=r"\b(?:wird|werden|soll|sollen|will|wollen)\b",
    told=r"\b(?:sagte|teilte|erklärte|berichtete|hat|haben|hatte)\b",
    no_weekday=NEVER,
    no_weekday_after=r"s\b|,?\s+(?:dem\s+|den\s+)?\d",
    numbers=_count("einem zwei drei vier fünf sechs sieben acht neun zehn elf zwölf")
    | {"einer": 1},
)

FRENCH = Language(
    name="fr",
    common=_set(
        "le|la|les|de|des|et|est|une|un|du|que|qui|dans|pour|sur|par|pas|au|aux|avec|sont|ses|cette"
    ),
    weekdays=_weekdays(_FR_DAYS),
    units={
        "semaine": "week",
        "mois": "month",
        "trimestre": "quarter",
        "année": "year",
        "an": "year",
    }
    | {"jour": "day", "jours": "day", "semaines": "week", "ans": "year", "week-end": "weekend"},
    days={
        "hier": -1,
        "avant-hier": -2,
        "aujourd’hui": 0,
        "aujourd'hui": 0,
        "demain": 1,
        "après-demain": 2,
    },
    last=_set("dernier|dernière|passé|passée"),
    next=_set("prochain|prochaine"),
    this=_set("ce|cette"),
    weekday=rf"\b(?:(?P<which2>ce)\s+)?(?P<day>{_FR_DAYS})\b(?:\s+(?P<which>dernier|prochain))?",
    unit=r"\b(?:la|le|l['’])\s*(?P<unit>semaine|mois|trimestre|année|an|week-end)\s+"
    r"(?P<which>dernier|dernière|prochain|prochaine|passé|passée)\b",
    day=r"\bavant-hier\b|\bhier\b|\baujourd['’]hui\b|\baprès-demain\b|\bdemain\b",
    ago=r"\bil y a\s+(?P<count>\d{1,4}|\w+)\s+(?P<unit>jours?|semaines?|mois|ans?)\b",
    month_day="",
    month="",
    future=r"\b(?:va|vont|doit|doivent|sera|seront|prévoit|aura)\b",
    told=r"\b(?:a dit|a déclaré|a annoncé|ont)\b",
    no_weekday=r"\b(?:chaque|tous les|le)\s+$",
    no_weekday_after=r"s\b|\s+\d",
    numbers=_count("un deux trois quatre cinq six sept huit neuf dix onze douze") | {"une": 1},
)

ITALIAN = Language(
    name="it",
    common=_set(
        "il|di|che|la|per|un|una|non|del|della|le|con|sono|dei|gli|alla|nel|anche|più|dal|ha|lo|è"
    ),
    weekdays=_weekdays(_IT_DAYS),
    units={
        "settimana": "week",
        "mese": "month",
        "trimestre": "quarter",
        "anno": "year",
        "weekend": "weekend",
    }
    | {"giorno": "day", "giorni": "day", "settimane": "week", "mesi": "month", "anni": "year"},
    days={"ieri": -1, "l'altro ieri": -2, "oggi": 0, "domani": 1, "dopodomani": 2},
    last=_set("scorso|scorsa|passato|passata"),
    next=_set("prossimo|prossima"),
    this=_set("questo|questa"),
    weekday=rf"\b(?P<day>{_IT_DAYS})(?:\s+(?P<which>scorso|scorsa|prossimo|prossima))?(?!\w)",
    unit=r"\b(?:la\s+|il\s+|lo\s+|l['’])?(?:(?P<which>scorso|scorsa|prossimo|prossima)\s+)"
    r"(?P<unit>settimana|mese|trimestre|anno|weekend)\b"
    r"|\b(?:la\s+|il\s+|lo\s+|l['’])(?P<unit_>settimana|mese|trimestre|anno|weekend)\s+"
    r"(?P<which2>scorso|scorsa|prossimo|prossima|passato|passata)\b",
    day=r"\bl['’]altro ieri\b|\bieri\b|\boggi\b|\bdopodomani\b|\bdomani\b",
    ago=r"\b(?P<count>\d{1,4}|\w+)\s+(?P<unit>giorn[oi]|settiman[ae]|mes[ei]|ann[oi])\s+fa\b",
    month_day="",
    month="",
    future=r"\b(?:sarà|saranno|dovrà|dovrebbe|intende|prevede)\b",
    told=r"\b(?:ha detto|ha dichiarato|ha annunciato)\b",
    no_weekday=r"\b(?:ogni|il|tutti i|di)\s+$",
    no_weekday_after=r"\s+\d",
    numbers=_count("un due tre quattro cinque sei sette otto nove dieci undici dodici")
    | {"una": 1, "uno": 1},
)

SPANISH = Language(
    name="es",
    common=_set(
        "el|de|que|la|los|las|en|un|una|por|con|para|del|es|no|se|su|al|más|lo|como|ha|fue|este"
    ),
    weekdays=_weekdays(_ES_DAYS),
    units={"semana": "week", "mes": "month", "trimestre": "quarter", "año": "year"}
    | {"día": "day", "días": "day", "semanas": "week", "meses": "month", "años": "year"},
    days={"ayer": -1, "anteayer": -2, "hoy": 0},
    last=_set("pasado|pasada"),
    next=_set("próximo|próxima|que viene"),
    this=_set("este|esta"),
    weekday=rf"\b(?:el|este)\s+(?:(?P<which2>pasado|próximo)\s+)?(?P<day>{_ES_DAYS})\b"
    r"(?:\s+(?P<which>pasado|próximo))?",
    unit=r"\b(?:la|el)\s+(?P<unit>semana|mes|trimestre|año)\s+"
    r"(?P<which>pasado|pasada|próximo|próxima|que viene)\b"
    r"|\b(?:la|el)\s+(?P<which2>próximo|próxima|pasado|pasada)\s+(?P<unit_>semana|mes|trimestre|año)\b",
    day=r"\banteayer\b|\bayer\b|\bhoy\b",
    ago=r"\bhace\s+(?P<count>\d{1,4}|\w+)\s+(?P<unit>días?|semanas?|mes(?:es)?|años?)\b",
    month_day="",
    month="",
    future=r"\b(?:será|serán|deberá|prevé|va a|van a)\b",
    told=r"\b(?:dijo|declaró|anunció)\b",
    no_weekday=r"\b(?:cada|todos)\s+$",
    no_weekday_after=r",?\s+\d",
    numbers=_count("un dos tres cuatro cinco seis siete ocho nueve diez once doce") | {"una": 1},
)

LANGUAGES = {one.name: one for one in (ENGLISH, GERMAN, FRENCH, ITALIAN, SPANISH)}


def language_of(text: str) -> Language:
    """The language whose frequent words are most frequent in the text; English in doubt."""
    words = Counter(re.findall(r"[^\W\d_]+", text[:SAMPLE_CHARS].casefold()))
    weights = {one.name: sum(words[word] for word in one.common) for one in LANGUAGES.values()}
    best = max(weights, key=lambda name: (weights[name], name == "en"))
    return LANGUAGES[best]
