"""Writing the strings of one job, and remembering the facts they show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kit.model.campaign import Campaign
from kit.model.plan import ResolvedTheme, ToolView
from kit.model.theme import Theme
from kit.tables.languages import LANGUAGES
from kit.text.dates import full_date, source_date
from kit.text.references import write
from kit.text.typography import NBSP, label_with


@dataclass
class Writer:
    """Writes the strings of one job and remembers the facts they show."""

    campaign: Campaign
    language: str
    isolates: bool = False
    with_scheme: bool = False
    facts: set[str] = field(default_factory=set)

    def __call__(self, text: str) -> str:
        """The text with its references written out and its typography set."""
        written = write(
            self.campaign, self.language, text, isolates=self.isolates, with_scheme=self.with_scheme
        )
        self.facts |= written.facts
        return written.text

    def maybe(self, text: str | None) -> str | None:
        """The same for a text that may be absent."""
        return None if text is None else self(text)


def resolved_theme(theme: Theme, language: str) -> ResolvedTheme:
    """The palette and the font lists of a language's script.

    Cyrillic is set in its own family alone: it shares letters with Latin, and a word of two faces
    looks broken. Arabic and Chinese take Latin letters and digits from the Latin face.
    """
    fonts, script = theme.fonts, LANGUAGES[language].script
    other = () if script == "latin" else (fonts.scripts.get(script, fonts.text.family),)
    latin = () if script == "cyrillic" else (True,)
    return ResolvedTheme(
        id=theme.name,
        **theme.palette.model_dump(),
        inks={name: tuple(ink.values()) for name, ink in theme.inks.model_dump().items()},
        number_family=fonts.display.family,
        address_family=fonts.address.family,
        address_weight=fonts.address.weight,
        display=(*(fonts.display.family for _ in latin), *other),
        display_weight=fonts.display.weight,
        text=(*(fonts.text.family for _ in latin), *other),
        text_weight=fonts.text.weight,
        text_bold_weight=fonts.text.bold or fonts.text.weight,
    )


def tool_view(write_text: Writer, tool_id: str, *, with_purpose: bool) -> ToolView:
    """A tool in the writer's language; its number counts as shown."""
    campaign = write_text.campaign
    tool = campaign.tool(tool_id)
    texts = campaign.texts[write_text.language]
    group = campaign.group(tool.group)
    write_text.facts.add(tool.picture.id)
    return ToolView(
        id=tool.id,
        number=str(tool.picture.value),
        is_address=tool.picture.channel == "web",
        beside=write_text.maybe(texts.tools[tool_id].beside),
        name=write_text(f"{{{tool_id}}}"),
        purpose=write_text(texts.tools[tool_id].purpose) if with_purpose else "",
        group=group.id,
        group_label=write_text(texts.groups[group.id].label),
        emergency=group.emergency,
        pictogram=tool.pictogram,
    )


def source_notes(write_text: Writer) -> tuple[str, str, str]:
    """`Sources : novembre 2023`, `À utiliser jusqu’au`, and that day; the first is empty without a source.

    The oldest source of what is shown: a line that names the newest would make old facts look fresh.
    """
    campaign, language = write_text.campaign, LANGUAGES[write_text.language]
    words = campaign.texts[write_text.language].words
    dates = [d for name in write_text.facts if (d := campaign.facts[name].source_date)]
    source = label_with(write_text(words.sources), source_date(min(dates), language)) if dates else ""
    return source, write_text(words.use_until), full_date(campaign.use_until, language)


def sources_line(write_text: Writer) -> str:
    """The same as one line, of two sentences that stay whole: a long line breaks between them."""
    source, until, day = source_notes(write_text)
    language = LANGUAGES[write_text.language]
    halves = [part.replace(" ", NBSP) for part in (source, label_with(until, day)) if part]
    return language.sentence_space.join(half.rstrip(".") + language.full_stop for half in halves)


def shown_and_linked(campaign: Campaign, facts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts with the link facts they bring along, and those links: an address shown is a link."""
    shown = set(facts)
    links = set()
    for service in campaign.services:
        if service.picture.channel == "web" and service.picture.id in shown:
            for fact in service.facts.values():
                if fact.link == "https" and fact.value:
                    shown.add(fact.id)
                    links.add(fact.value)
    return tuple(sorted(shown)), tuple(sorted(links))
