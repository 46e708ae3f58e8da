"""Page: the partner page of each language, one self-contained HTML file that needs no server.

The page loads nothing from elsewhere, stores nothing in the browser, and works without JavaScript. Its template gets
finished strings only; every number in them was written by `kit.text` from a fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.media.html_reader import external_links, visible_text
from kit.model.artifact import Artifact, Report
from kit.model.campaign import Campaign
from kit.model.ids import page_path
from kit.model.theme import Theme
from kit.page.services import listed_facts
from kit.page.view import page_context, template_values
from kit.resources import Resources
from kit.text.templates import Template

TEMPLATE = Template("page", "index.html.j2", html=True, others=("*.j2",))
REFERENCE_LANGUAGE = "fr"
"""The root page is in this language where the campaign has it."""


@dataclass(frozen=True)
class Page:
    """One finished page. `links` leave the kit (https, tel, sms); `text` is what a person reads, `facts` what it shows."""

    path: str
    language: str
    html: str
    links: tuple[str, ...]
    text: tuple[str, ...]
    facts: tuple[str, ...]


def render_pages(
    campaign: Campaign,
    theme: Theme,
    artifacts: Sequence[Artifact],
    report: Report,
    texts: Mapping[str, str],
    archives: Mapping[str, str],
    resources: Resources,
) -> list[Page]:
    """The root page and one page a language; the root is the reference language's, from its own place.

    `texts` are the contents of posts and transcripts by artifact id, `archives` the archive of each
    language. What failed its checks, and what belongs to it, is named without a link.
    """
    reference = REFERENCE_LANGUAGE if REFERENCE_LANGUAGE in campaign.languages else campaign.languages[0]
    places = [(page_path(), reference), *((page_path(code), code) for code in campaign.languages)]
    pages = []
    for path, language in places:
        page = page_context(campaign, language, path, artifacts, report.failed, texts, resources)
        values = template_values(page, theme, archives.get(language))
        html = TEMPLATE.fill(resources, values, "compare it with the shipped one")
        facts = tuple(sorted(fact.id for fact in listed_facts(page)))
        pages.append(Page(path, language, html, external_links(html), visible_text(html), facts))
    return pages
