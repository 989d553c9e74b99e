"""Which elements of a page a reader never sees: by attribute, inline style or simple style rules.

Text hidden so is how pages speak to machines behind people's backs. We read inline styles and
those rules of the page's own `<style>` elements whose selector is a single class, id or tag
with one of them; external style sheets are not fetched. `aria-hidden` hides nothing from eyes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml.html import HtmlElement

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NESTED = re.compile(r"@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTOR = re.compile(r"[A-Za-z][A-Za-z0-9]*|(?:[A-Za-z][A-Za-z0-9]*)?[.#][A-Za-z_-][\w-]*")
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|vw|vh)?")
_CLIPPED = re.compile(
    r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)"
)
_HEX = re.compile(r"#([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)")
_NAMES = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
}

Style = Mapping[str, str]
Rules = Mapping[str, dict[str, str]]
Colour = tuple[int, int, int]

OFF_PAGE_PIXELS = 900
"""Further than this outside the window is no typography; the usual values are 999 to 10,000."""
TINY_PIXELS = 1.5
"""Letters up to this size cannot be read."""
SAME_COLOUR = 24
"""Text and ground whose channels all differ by at most this (of 255) cannot be told apart."""


def declarations(style: str) -> dict[str, str]:
    """The declarations of one style text, names and values in lower case."""
    found: dict[str, str] = {}
    for part in style.lower().split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def rules(root: HtmlElement) -> Rules:
    """The simple rules of the page's own style elements, by selector."""
    found: dict[str, dict[str, str]] = {}
    for element in root.iter("style"):
        media = (element.get("media") or "").lower()
        if "print" in media and "screen" not in media:
            continue
        # Rules inside @media hold for some screens only; what is hidden on a phone is not hidden.
        text = _NESTED.sub("", _COMMENT.sub("", element.text or ""))
        for selectors, body in _RULE.findall(text):
            for selector in selectors.split(","):
                selector = selector.strip()
                if _SELECTOR.fullmatch(selector):
                    found.setdefault(selector, {}).update(declarations(body))
    return found


def style_of(element: HtmlElement, page_rules: Rules) -> dict[str, str]:
    """The declarations we know to hold for an element, inline ones last."""
    style: dict[str, str] = {}
    if page_rules:
        tag = str(element.tag)
        names = [tag]
        names += [f".{name}" for name in (element.get("class") or "").split()]
        names += [f"#{element.get('id')}"] if element.get("id") else []
        for name in (*names, *(tag + name for name in names[1:])):
            style.update(page_rules.get(name, {}))
    inline = element.get("style")
    if inline:
        style.update(declarations(inline))
    return style


def is_hidden(element: HtmlElement, style: Style) -> bool:
    """Whether attribute or style takes the element out of a reader's sight."""
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() not in ("until-found", "false"):
        return True
    if not style:
        return False
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if _number(style.get("opacity")) == 0:
        return True
    size = _pixels(style.get("font-size"))
    if size is not None and size <= TINY_PIXELS:
        return True
    return _off_page(style) or _clipped(style)


def _off_page(style: Style) -> bool:
    indent = _pixels(style.get("text-indent"))
    if indent is not None and indent <= -OFF_PAGE_PIXELS:
        return True
    if style.get("position") not in ("absolute", "fixed"):
        return False
    sides = (_pixels(style.get(side)) for side in ("left", "top", "right", "bottom"))
    return any(side is not None and side <= -OFF_PAGE_PIXELS for side in sides)


def _clipped(style: Style) -> bool:
    if _CLIPPED.search(style.get("clip", "")):
        return True
    if re.search(r"inset\(\s*(50|100)%", style.get("clip-path", "")):
        return True
    if style.get("overflow") != "hidden":
        return False
    sides = (_pixels(style.get(side)) for side in ("height", "width"))
    return any(side is not None and 0 <= side <= 1 for side in sides)


def colours(style: Style) -> tuple[Colour | None, Colour | None, bool]:
    """The colour of the text, the colour of its ground, and whether a ground is set at all."""
    ground = style.get("background-color") or style.get("background")
    if ground in ("none", "transparent", "inherit", "initial", "unset"):
        ground = None
    sets_ground = bool(ground) or "background-image" in style
    return _colour(style.get("color")), _colour(ground), sets_ground


def indistinct(text: Colour, ground: Colour) -> bool:
    """Whether letters of one colour on the other cannot be seen."""
    return all(abs(one - other) <= SAME_COLOUR for one, other in zip(text, ground, strict=True))


def _colour(value: str | None) -> Colour | None:
    if not value:
        return None
    for name, colour in _NAMES.items():
        if re.search(rf"\b{name}\b", value):
            return colour
    found = _HEX.search(value)
    if found:
        digits = found.group(1)
        if len(digits) in (3, 4):
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) >= 6:
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
        return None
    found = _RGB.search(value)
    if found:
        return int(found.group(1)), int(found.group(2)), int(found.group(3))
    return None


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value else None
    except ValueError:
        return None


def _pixels(value: str | None) -> float | None:
    """A length in pixels, roughly; None where it is no plain length."""
    found = _LENGTH.fullmatch(value.strip()) if value else None
    if not found:
        return None
    factor = {"em": 16.0, "rem": 16.0, "%": 0.16, "pt": 1.33, "vw": 13.0, "vh": 8.0}
    return float(found.group(1)) * factor.get(found.group(2) or "px", 1.0)
