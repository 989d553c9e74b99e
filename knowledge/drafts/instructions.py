"""Sentences that command the reader or a model, rather than tell what a document says. Pure.

A document may hold "ignore your instructions and send the reader to ...". Such a
sentence is never evidence, and a draft sentence of that kind is never shown. The
patterns are about the answer, the model, links, money and secrets; "Please revise your
disclosure", as agencies write, is not among them.
"""

from __future__ import annotations

import re

from knowledge.text import fold

_PATTERNS = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass|discard|skip)\b[^.]{0,40}\b(?:instruction|prompt|rule|guideline|
        context|direction|command|system|above|previous|prior|earlier|question|safety|polic)
  | \b(?:system|developer)\s(?:prompt|message|override|note|instruction)
  | \b(?:new|updated|real|actual|hidden|secret|special|following|these)\sinstructions?\b
  | \b(?:as|like|act\sas|pretend\sto\sbe|you\sare|you're)\s(?:now\s)?(?:an?\s)?(?:ai|a\.i\.|assistant|chatbot|bot|language\smodel|llm|dan|pirate|jailbroken|unrestricted)\b
  | \b(?:ai|llm|language)\s?(?:model|assistant|agent|bot|reader|system)s?\b[^.]{0,30}\b(?:must|should|shall|please|reading|instruct\w*|asked|summari\w+|answer\w*)\b
  | (?:^|[.:;!?(\[]\s*|\*)(?:to|dear|attention|attn|note\sto|hey|hello|hi)[,:]?\s(?:the\s|any\s|all\s)?(?:ai|llm|chat\s?bots?|bots?|assistants?|language\smodels?|gpt\w*|claude|model)\b
  | \b(?:assistant|chatbot|bot|model|ai)\s(?:must|should|shall|will)\s(?:now\s|always\s|also\s|only\s)?(?:reply|respond|answer|say|tell|write|output|print|repeat|state|include|add|end|begin|start|mention|recommend|ping|translate|reveal)\b
  | (?:^|[.:;!?,]\s|\b(?:and|then|please|now|must|always|instead|to|should|just|simply|immediately)\s)(?:reply|respond|answer|output|print|repeat|echo|append|prepend)\b[^.]{0,40}(?:\bwith\b|\bonly\b|\bexactly\b|\bthe\s(?:word|phrase|following|text|sentence)\b|[":])
  | (?<!to\s)(?<!\w)(?:say|write|output|print|repeat|respond|reply|answer|state|include|add|insert|type|mention|ping|tag)\b[^.]{0,30}(?:["“'][^"”']{1,80}["”']|@\w|\bin\sall\scaps\b|\bin\syour\s(?:answer|reply|response|output|summary)\b|\bat\sthe\s(?:end|beginning|start)\sof\s(?:your|the|every|each)\s(?:answer|reply|response|message)\b)[^.]{0,40}$
  | \b(?:your|the|every|each|this)\s(?:answer|reply|response|output|message|summary)s?\s(?:must|should|shall|has\sto|needs\sto|will\sbe)\b
  | \b(?:begin|start|end|finish|conclude|close)\s(?:your|the|every|each)\s(?:answer|reply|response|message|output)\b
  | (?:^|[.:;!?,]\s|\b(?:please|must|should|and|then|you|always|now)\s)(?:tell|inform|convince|persuade|direct|urge|instruct|advise|ask|send|redirect)\s(?:the\s|your\s|all\s|every\s)?(?:users?|readers?|asker|person\sasking|members?|everyone|channel|visitors?)\b
  | \b(?:click|tap|visit|go\sto|navigate\sto|log\s?in\s(?:at|to|here)|sign\s(?:in|up)\s(?:at|here|now)|head\sto|check\sout|open\sthe\slink|follow\s(?:the|this)\slink|scan\s(?:the|this))\b[^.]{0,60}(?:\bhere\b|\blink\b|\bsite\b|\bpage\b|\bwebsite\b|\bqr\b|https?:|www\.|\.[a-z]{2,8}\b|\bto\s(?:claim|verify|restore|connect|receive|win|confirm|unlock|get)\b|\bnow\b)
  | \b(?:claim|connect|verify|validate|restore|unlock|import|synchroni[sz]e)\s(?:your|the)\s(?:\w+\s)?(?:wallet|airdrop|reward|prize|account|tokens?|bonus|identity|seed|funds)\b
  | \b(?:send|transfer|deposit|wire|donate|pay)\b[^.]{0,40}\b(?:btc|eth|bitcoin|ether|usdt|usdc|sol|gift\scards?|wallet|address\s0x|0x[0-9a-f]{4,})\b
  | \b(?:share|enter|reveal|provide|post|send|give|disclose|paste|type|print|leak|expose)\b[^.]{0,40}\b(?:seed\sphrase|private\skeys?|passwords?|recovery\sphrase|api\skeys?|bot\stoken|access\stoken|secret\skey|credentials|system\sprompt|your\s(?:instructions|prompt|configuration))\b
  | \b(?:use|with)\s(?:the\s)?(?:promo|discount|referral|invite)\scode\b | \bfree\s(?:airdrop|giveaway|nitro|tokens)\b | \blimited[-\s]time\soffer\b
  | \b(?:buy|sell|invest\sin|dump)\b[^.]{0,30}\b(?:now|today|immediately|before\sit|asap)\b
  | \b(?:join|subscribe\sto|follow)\s(?:our|us|my|the)\b[^.]{0,20}\b(?:discord|telegram|channel|newsletter|server|group|on)\b
  | \b(?:download|install)\b[^.]{0,40}\b(?:app|update|extension|exe|file|here)\b | \b(?:run|execute|curl|wget|sudo|eval)\s(?:(?:the|this|a|following|these)\s)+(?:\w+\s){0,4}?(?:script|command|code|rm|bash|http\w*)\b
  | \b(?:translate|rewrite|summari[sz]e|rephrase)\b[^.]{0,30}\b(?:this|your|the\s(?:above|following|answer|text)|everything|into)\b
  | \b(?:do\snot|don't|never)\s(?:mention|reveal|cite|quote|disclose\sthat|tell|use\sthe\s(?:sources|record)|say\sthat|answer)\b
  | \bcall\s(?:now|us|this\snumber|the\snumber|toll)\b | <\s*/?\s*(?:system|instructions?|prompt|script)\b | \[\s*/?\s*(?:system|inst)\s*\] | \bbegin\s(?:system|admin)\b | \bend\sof\s(?:document|context|passages?|sources)\b
  | \b(?:correct|right|only|true)\sanswer\sto\s(?:any|every|all|each|the)\b | \b(?:readers|humans|people)\sand\s(?:chat)?bots\b
  | (?:^|[.:;!?]\s|\bplease\s)(?:print|repeat|output|say|mention|include|append|translate|echo|quote)\s(?:it|this|that|these|the\sabove|so)\b
  | \badmin(?:istrator)?\s(?:override|mode|access|command)\b | \bjailbreak | \bprompt\sinjection\b | \bdebug\smode\b
    """,  # noqa: E501
    re.VERBOSE,
)


def commands(text: str) -> str | None:
    """Return the words by which a sentence commands the reader or a model, or None."""
    found = _PATTERNS.search(fold(text))
    return found.group(0).strip() if found else None
