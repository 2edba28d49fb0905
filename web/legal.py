"""The small print as pages: the same words as in the chat, in the reader's language."""

from html import escape

from aiohttp import web

from chat.text import Span, Text
from handlers.legal import COMMANDS, body
from handlers.texts import LANGUAGES, texts
from web.keys import SERVICES

PAGES = tuple(COMMANDS)
NAMES = {"en": "English", "hi": "हिन्दी"}
TAGS = {"bold": "strong", "italic": "em", "code": "code", "quote": "q"}

PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {seller}</title>
<style>
  :root {{ color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }}
  body {{ max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }}
  article {{ white-space: pre-line; }}
  nav {{ display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; margin-top: 2.5rem; font-size: .9em; }}
</style>
<h1>{title}</h1>
<article>{article}</article>
<nav>{links}</nav>
</html>
"""


async def page(request: web.Request) -> web.Response:
    """Show one of the pages; the path names it."""
    services = request.app[SERVICES]
    name = next(page for page in PAGES if request.path == f"/{page}")
    language = _language(request)
    words = texts(language)
    others = [(f"/{other}?lang={language}", words.legal_titles[other]) for other in PAGES]
    others += [(f"/{name}?lang={key}", NAMES[key]) for key in LANGUAGES if key != language]
    shown = PAGE.format(
        language=language,
        title=escape(words.legal_titles[name]),
        seller=escape(words.seller(services.business)),
        article=to_html(body(services, name, language)),
        links="".join(f'<a href="{url}">{escape(label)}</a>' for url, label in others),
    )
    return web.Response(text=shown, content_type="text/html", headers={"Vary": "Accept-Language"})


def to_html(words: Text) -> str:
    """Spans as HTML; whatever they say is escaped."""
    return "".join(_span(span) for span in words.spans)


def _span(span: Span) -> str:
    words = escape(span.text)
    tag = TAGS.get(span.style)
    return f"<{tag}>{words}</{tag}>" if tag else words


def _language(request: web.Request) -> str:
    """What the address asks for, else the first of the browser's languages that is spoken here."""
    accepted = request.headers.get("Accept-Language", "").split(",")
    wanted = [request.query.get("lang", ""), *(each.partition(";")[0].strip() for each in accepted)]
    keys = (each.partition("-")[0].lower() for each in wanted)
    return next((key for key in keys if key in LANGUAGES), "en")
