"""What pages say when they show only a part, or nothing: by kind, in the languages of the web.

Each pattern is matched without regard to case in one block of visible text with single spaces.
They are what gates say to a reader ("to continue reading, subscribe"), not what articles say
about subscriptions; even so a phrase alone decides nothing, see stubs.py.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


PAYWALL = _any(
    # English
    r"\b(?:subscribe|register|sign (?:up|in)|log ?in|join)\b[\w ,'’]{0,40} to (?:continue"
    r"|keep|finish) reading",
    r"\bto (?:continue|keep|finish) reading\b",
    r"\bto read (?:the|this) (?:full|whole|entire|rest of the) (?:article|story|report|post)\b",
    r"\b(?:continue|keep) reading (?:with|by|for) (?:a |an |your |our )?[\w ]{0,20}"
    r"(?:subscri|account|trial|member)",
    r"\b(?:this|the|full|rest of (?:this|the)) (?:article|story|content|post|page|report"
    r"|analysis)\b"
    r"[\w ]{0,30} (?:is|are) (?:only |exclusively )?(?:available|reserved|exclusive|visible"
    r"|accessible)?"
    r" ?(?:only )?(?:to|for) (?:our )?(?:paying |paid |premium |registered |logged-in )?"
    r"(?:subscribers|members|users)",
    r"\b(?:for|to) (?:paying|paid|premium) (?:subscribers|members) only",
    r"^(?:for )?(?:subscribers?|members?)[- ]only(?: (?:content|article|story))?\W*$",
    r"\bthis (?:post|article|story|content) is for (?:paying |paid |premium"
    r" )?(?:subscribers|members)",
    r"\b(?:unlock|get access to|gain access to|access|read) (?:this|the) (?:full |rest of"
    r" the |entire )*"
    r"(?:article|story|report|content)\b[\w ,]{0,30}(?:subscri|by|with|for|now|from)",
    r"\bsubscribe (?:now |today )?(?:to|for) (?:read|unlock|access|get) (?:the |this"
    r" )?(?:full|rest|more|article|story)",
    r"\byou(?:'|’)?(?:ve| have) (?:reached|used|read) (?:your|all|the)\b[\w ]{0,30}"
    r"(?:free|complimentary|monthly)?[\w ]{0,15}(?:articles?|limit)",
    r"\b(?:create|with) (?:a|your) free account to (?:continue|read|access)",
    # German
    r"\b(?:weiterlesen|weiter lesen|lesen sie weiter)\b.{0,30}\b(?:mit|abo|plus|registrier"
    r"|anmeld)",
    r"\b(?:dieser|diesen|den ganzen|den vollständigen|vollständige[rn]?) (?:artikel|beitrag"
    r"|text|inhalt)\b"
    r".{0,60}\b(?:abo\b|abonn|registrier|plus-)",
    r"\b(?:nur|exklusiv) für (?:unsere )?(?:registrierte )?(?:\w+-)?(?:abonnent|mitglieder"
    r"|plus)",
    r"\bum (?:diesen artikel|weiter ?zu ?lesen|weiterzulesen)",
    # French
    r"\b(?:article|contenu|suite)\b.{0,30}\b(?:réservée?s?|exclusi\w+)\b.{0,20}\babonnée?s",
    r"\bil (?:vous )?reste \d+ ?% (?:de cet article )?(?:à lire)?",
    r"\bpour lire la suite\b",
    r"\babonnez-vous (?:pour|et) (?:lire|continuer|accéder|poursuiv)",
    # Italian
    r"\b(?:articolo|contenuto|testo)\b.{0,40}\b(?:riservat|esclusiv|solo"
    r" per)\w*.{0,20}\babbonati",
    r"\bper (?:continuare a leggere|leggere (?:tutto )?l[’']articolo)",
    r"\babbonati (?:ora |subito )?(?:per|e) (?:continua|legg|accede)",
    # Spanish, Portuguese
    r"\b(?:contenido|artículo|noticia)\b.{0,40}\b(?:exclusiv|reservad|solo para)\w*.{0,20}"
    r"\b(?:suscriptor|socio|abonad)",
    r"\bpara (?:seguir|continuar) leyendo",
    r"\bsuscríbe(?:te|se) (?:para|y) (?:seguir|continu|le[ea]|acced)",
    r"\b(?:conteúdo|artigo|matéria|reportagem)\b.{0,40}\b(?:exclusiv|reservad|só"
    r" para)\w*.{0,20}\bassinant",
    r"\bpara continuar (?:a ler|lendo)", r"\bassine (?:para|e) (?:continu|ler|leia)",
    # Dutch, Nordic
    r"\b(?:alleen|exclusief|enkel) voor (?:onze )?(?:abonnees|leden)",
    r"\blees (?:verder|dit hele artikel) (?:met|voor)",
    r"\bverder lezen ?\?", r"\bom dit artikel te lezen",
    r"\bför (?:dig som är |våra )?(?:prenumerant|plus-?kund)",
    r"\b(?:logga in|prenumerera) för att (?:läsa|fortsätta)",
    r"\b(?:artikkelen|saken|artiklen|denne artikel) er (?:kun |forbeholdt )?(?:for )?(?:\w+"
    r" )?abonnent",
    r"\b(?:les|læs) (?:videre|hele (?:saken|artiklen)) (?:med|for)",
    # Polish, Russian
    r"\b(?:artykuł|treść|dostęp)\b.{0,40}\bdla (?:subskrybent|prenumerator|zalogowan)",
    r"\b(?:aby|żeby) (?:czytać dalej|przeczytać cały)",
    r"только (?:для )?(?:платных )?подписчик",
    r"доступ\w* (?:только )?(?:по подписке|подписчик)",
    r"(?:оформите|купите) подписку,? (?:чтобы|и)",
    # Japanese, Chinese, Korean
    r"(?:この|本)(?:記事|コンテンツ|ページ)は.{0,12}(?:会員|購読者|有料)(?:の方|様)?.{0,4}(?:限定|専用|のみ|向け)",
    r"(?:有料|無料)?会員(?:限定|専用)(?:記事|コンテンツ)", r"残り ?[\d,０-９]+ ?文字",
    r"(?:続き|全文)を(?:読む|お読みいただく|ご覧いただく)に?(?:は|には)",
    r"(?:订阅|订购|付费|登录|登入|訂閱|付費)后?(?:後)?(?:可|即可|才能|以)?(?:继续|繼續|阅读|閱讀)(?:阅读|閱讀|全文)?",
    r"(?:仅限|僅限|专享|專享).{0,6}(?:会员|會員|订阅|訂閱)",
    r"(?:구독자|유료 ?회원|회원) ?전용", r"(?:계속|전문을?) 읽으(?:시려면|려면)",
)  # fmt: skip

OFFER = _any(
    r"\balready (?:a |have a |an )?(?:subscriber|subscription|subscribed|member)\?",
    r"\b(?:bereits|schon) (?:abonnent|registriert|ein abo|mitglied)\w*.{0,3}\?",
    r"\bdéjà abonnée?(?:\(e\)|·e)? ?\?", r"\bgià abbonat[oai].{0,2}\?",
    r"\bya (?:eres|es|estás|tienes) (?:suscri|socio|una suscrip)",
    r"\bjá é assinante ?\?",
    r"\b(?:al|reeds) abonnee ?\?",
    r"\bredan prenumerant ?\?",
    r"\ballerede abonnent ?\?",
    r"^subscribe (?:now|today)\b", r"^jetzt abonnieren\b", r"^(?:je )?m[’']abonne\b",
    r"^abbonati (?:ora|subito)\b",
    r"^suscríbe(?:te|se)(?: ahora)?$",
    r"^assine (?:já|agora)\b",
)  # fmt: skip
"""What whole pages say too, in their heads and bars: it counts after the text only."""

LOG_IN = _any(
    r"^(?:please )?(?:sign|log) ?-?in(?: to .*| required)?(?: ?[|–—:·-].*)?$",
    r"^(?:bitte )?(?:melden sie sich an|anmelden|einloggen|anmeldung)(?: ?[|–—:·-].*)?$",
    r"^(?:se connecter|connexion|connectez-vous|identifiez-vous)(?: ?[|–—:·-].*)?$",
    r"^(?:accedi|effettua l[’']accesso|iniciar sesión|inicia sesión|iniciar sessão|inloggen)"
    r"(?: ?[|–—:·-].*)?$",
    r"^(?:logga in|logg inn|log ind|zaloguj się|войти|ログイン|登录|登入|로그인)(?: ?[|–—:·-].*)?$",
)  # fmt: skip

CONSENT = _any(
    # Said to the reader; an article about consent is no request for it.
    r"\bwe (?:and our|use|value|care about|respect)\b.{0,60}\b(?:partners|vendors|cookies"
    r"|privacy)\b",
    r"\bour (?:\d+ )?(?:partners|vendors)\b",
    r"\bbefore you continue\b",
    r"\byour (?:privacy )?choices\b",
    r"\b(?:accept|reject|manage) (?:all )?(?:cookies|choices|preferences)\b",
    r"^(?:accept|reject) all$",
    r"\bby (?:clicking|continuing|using)\b.{0,80}\b(?:agree|accept|consent)\b",
    r"\b(?:wir|unsere) (?:und unsere |\d+ )?(?:verwenden|nutzen|verarbeiten|partner|setzen)\b",
    r"\b(?:alle|alles) (?:cookies )?(?:akzeptieren|ablehnen|accepteren)\b",
    r"\bihre (?:einwilligung|zustimmung)\b",
    r"\bmit (?:werbung|tracking)\b.{0,30}\b(?:weiter|lesen)",
    r"\bnous (?:et nos|utilisons)\b",
    r"\bnos (?:\d+ )?partenaires\b",
    r"\btout (?:accepter|refuser)\b",
    r"\bvotre consentement\b", r"\bcontinuer sans accepter\b",
    r"\bnoi e (?:i nostri|terze parti)\b",
    r"\bi nostri (?:\d+ )?partner\b",
    r"\b(?:accetta|rifiuta) tutt[oi]\b",
    r"\b(?:il tuo|tuo) consenso\b", r"\butilizziamo i cookie\b",
    r"\bnosotros y nuestros\b",
    r"\bnuestros (?:\d+ )?socios\b",
    r"\b(?:aceptar|rechazar) tod[oa]s?\b",
    r"\b(?:utilizamos|usamos) (?:as |las )?cookies\b",
    r"\bnossos (?:\d+ )?parceiros\b",
    r"\baceitar (?:tudo|todos)\b",
    r"\b(?:wij|we) (?:en onze|gebruiken)\b.{0,40}\b(?:partners|cookies)\b",
    r"\bonze partners\b",
    r"\bvi (?:och våra|och|og våre|og vores|använder|bruker|bruger)\b.{0,40}\b(?:partner"
    r"|cookies|kakor)",
    r"\bmy i nasi partnerzy\b",
    r"\bмы используем (?:файлы )?cookie",
    r"当社は.{0,20}クッキー",
    r"我们使用.{0,10}cookie",
)  # fmt: skip

CHALLENGE = _any(
    r"^just a moment\W*$",
    r"\bchecking (?:if the site connection is secure|your browser)",
    r"\bverif(?:y|ying|ies) (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)",
    r"\bare you a (?:ro)?bot\b",
    r"\b(?:i am|i'm|i’m|you are|you're|you’re) not a robot\b",
    r"\bprove (?:that )?you(?:'|’| a)re (?:a )?human",
    r"\bunusual (?:traffic|activity) (?:from|on|detected)",
    r"\bpardon our interruption\b",
    r"^attention required\b", r"\bcomplete the (?:security check|captcha|challenge)",
    r"\bplease (?:enable js|enable javascript) and (?:disable any ad blocker|cookies)",
    r"\byou have been blocked\b",
    r"\bddos protection by\b",
    r"\baccess to this page has been denied",
    r"\brequest unsuccessful\b",
    r"^access denied\b",
    r"\byou don[’']t have permission to access\b",
    r"\bsicherheitsüberprüfung\b",
    r"\bkein roboter\b",
    r"\bpas un robot\b",
    r"\bnon sono un robot\b",
    r"\bno soy un robot\b", r"ロボットではありません", r"не робот", r"人机验证|安全验证",
)  # fmt: skip

FAULT = _any(
    r"^(?:error |http )?(?:404|410|500|502|503|504)(?: error| not|\W*$| ?[|–—:·-])",
    r"\b(?:404|page) (?:error|not found)\b",
    r"\bfile not found\b",
    r"^(?:oops|sorry)\b.{0,60}\b(?:page|wrong|find|found)",
    r"\b(?:page|article|content|document) (?:you (?:are|were|requested|tried)\b.{0,40})?"
    r"(?:can ?not|can[’']t|could not|couldn[’']t) be found",
    r"\bwe (?:can[’']t|couldn[’']t|cannot) find (?:that|the|this) page",
    r"\b(?:page|article|content) (?:is )?no longer (?:available|exists?)\b",
    r"^not found\b",
    r"\b(?:internal server error|bad gateway|service unavailable|gateway time-?out)\b",
    r"\btemporarily unavailable\b",
    r"^(?:site )?(?:under|down for) maintenance\b",
    r"\bdomain (?:is )?for sale\b",
    r"\bseite (?:wurde )?nicht gefunden\b", r"\bpage (?:introuvable|non trouvée)\b",
    r"\bpagina (?:non trovata|niet gevonden|inesistente)\b",
    r"\bpágina (?:no|não) encontrada\b",
    r"\bsidan (?:hittades inte|kunde inte hittas)\b",
    r"\bsiden (?:ble|blev) ikke fun",
    r"\bnie znaleziono strony\b",
    r"страница не найдена", r"ページが見つかりません",
    r"(?:页面|頁面)(?:不存在|未找到)", r"페이지를 찾을 수 없",
)  # fmt: skip

SCRIPT = _any(
    r"\b(?:enable|activate|turn on|requires?|needs?|without|support)\b.{0,30}\bjavascript\b",
    r"\bjavascript\b.{0,40}\b(?:enabled?|required|disabled|deaktiviert|aktivieren"
    r"|erforderlich|désactivé|activer"
    r"|nécessaire|disabilitato|abilita\w*|necessario|desactivado|habilit\w+|activ\w+|uit"
    r"|inschakelen)\b",
    r"\b(?:aktivieren sie|veuillez activer|abilita|activa|habilite"
    r"|schakel)\b.{0,20}\bjavascript\b",
    r"javascript.{0,10}(?:有効|启用|啟用)", r"(?:启用|啟用|включите) ?javascript",
)  # fmt: skip

MARKS = re.compile(
    rb"_cf_chl_opt|/cdn-cgi/challenge-platform/h/|cf-browser-verification|cf_captcha_kind"
    rb"|px-captcha"
    rb"|captcha-delivery\.com|_Incapsula_Resource|sgcaptcha|/_sec/cp_challenge|akam-sw"
    rb"|awsWafCookieDomainList"
    rb"|aws-waf-token|distil_r_captcha|geo\.captcha|perimeterx|kpsdk|ak-challenge",
    re.IGNORECASE,
)  # fmt: skip
"""Marks of the challenge pages of Cloudflare, HUMAN, DataDome, Imperva, SiteGround, Akamai, AWS and
Kasada in their code. Some sites carry a mark on ordinary pages too."""
