"""Draw a message of the bot as Discord roughly shows it: payload -> HTML -> PNG.

    python docs/render.py PAYLOAD.json OUTPUT.png [--browser chromium]

PAYLOAD.json holds the components of a message as Discord stores them. The look is approximated,
with no font, image or style of Discord's. Needs Chromium; used for the pictures in docs/pictures.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

STYLE = """
body { margin: 0; background: #313338; color: #dbdee1; width: 640px;
       font: 15px/1.4 "gg sans", "Noto Sans", "DejaVu Sans", sans-serif; }
.message { padding: 16px 20px; display: flex; gap: 14px; }
.face { width: 40px; height: 40px; border-radius: 50%; background: #4e6e81; flex: none;
        color: #fff; font-weight: 700; display: grid; place-items: center; }
.name { font-weight: 600; color: #f2f3f5; } .app { background: #5865f2; color: #fff;
        border-radius: 4px; font-size: 10px; padding: 1px 5px; margin: 0 6px; }
.time, small { color: #949ba4; font-size: 12px; } a { color: #00a8fc; text-decoration: none; }
blockquote { margin: 2px 0; padding: 0 0 0 12px; border-left: 4px solid #4e5058; }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.button { background: #4e5058; color: #fff; border-radius: 8px; padding: 6px 14px;
          font-size: 14px; }
.s3 { background: #248046; } .s4 { background: #da373c; }
.select { background: #1e1f22; color: #949ba4; border-radius: 8px; padding: 8px 12px;
          width: 360px; }
"""


def inline(text: str) -> str:
    """Render the Markdown that the bot uses within a line: escapes, bold, masked links."""
    kept: list[str] = []

    def keep(character: str) -> str:
        kept.append(html.escape(character))
        return f"\x00{len(kept) - 1}\x00"

    text = re.sub(r"\\(.)", lambda m: keep(m.group(1)), text)
    text = html.escape(text, quote=False)
    text = re.sub(r"\[([^\]]*)\]\(&lt;([^&]*(?:&amp;[^&]*)*?)&gt;\)", r'<a href="\2">\1</a>', text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m.group(1))], text)


def block(text: str) -> str:
    """Render one text display, line by line."""
    out = []
    for line in text.split("\n"):
        if line.startswith("> "):
            out.append(f"<blockquote>{inline(line[2:])}</blockquote>")
        elif line.startswith("-# "):
            out.append(f"<small>{inline(line[3:])}</small><br>")
        else:
            out.append(f"{inline(line)}<br>")
    return "".join(out)


def component(item: dict[str, Any]) -> str:
    """Render a component of a message."""
    if item["type"] == 10:
        return f"<div>{block(item['content'])}</div>"
    if item["type"] == 1:
        return f"<div class=row>{''.join(component(i) for i in item['components'])}</div>"
    if item["type"] == 2:
        return f"<span class='button s{item['style']}'>{html.escape(item['label'])}</span>"
    return f"<span class=select>{html.escape(item.get('placeholder') or '')}</span>"


def page(components: list[dict[str, Any]]) -> str:
    """Render a whole message of the bot."""
    inside = "".join(component(item) for item in components)
    head = "<span class=name>Footnote</span><span class=app>APP</span><span class=time>Today</span>"
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><div class=message>"
        f"<div class=face>F</div><div>{head}{inside}</div></div>"
    )


def main() -> None:
    """Draw one payload."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("payload", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--browser", default="chromium")
    parser.add_argument("--height", type=int, default=420, help="of the picture, in pixels")
    options = parser.parse_args()
    components = json.loads(options.payload.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "message.html"
        source.write_text(page(components), encoding="utf-8")
        command = [options.browser, "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--hide-scrollbars", f"--window-size=640,{options.height}"]
        command += [f"--user-data-dir={folder}/browser", "--force-device-scale-factor=2"]
        command += [f"--screenshot={options.output.resolve()}", source.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main()
