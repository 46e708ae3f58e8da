"""Who can be reached: the vital tools as links, the directory, and the table of facts with their proof."""

from __future__ import annotations

import base64

from kit.model.facts import Fact, Scheme, Service, Tool
from kit.page.context import PageContext, grouped
from kit.page.parts import FactRow, SchemeEntry, ToolGroup, ToolLink
from kit.text.dates import full_date, source_date
from kit.text.references import fact_text, spoken_number


def tool_groups(page: PageContext) -> list[ToolGroup]:
    """Both groups, emergency first: the page speaks to "you, in danger".

    Why on a page for partners: who comes here in need is not sent away with a ZIP.
    """
    return [
        ToolGroup(
            label=page.write(page.texts.groups[group.id].label),
            emergency=group.emergency,
            icon=_icon(page, "group-emergency-filled" if group.emergency else "group-help-outlined"),
            tools=[_tool(page, tool) for tool in page.campaign.tools if tool.group == group.id],
        )
        for group in sorted(page.campaign.groups, key=lambda group: not group.emergency)
    ]


def _tool(page: PageContext, tool: Tool) -> ToolLink:
    """One tool with its complete name: the 114 is never a bare number."""
    words = page.texts.tools[tool.id]
    shown = fact_text(page.campaign, tool.picture, page.language)
    is_address = tool.picture.channel == "web"
    # an address may break before its ending, nowhere else
    head, dot, tail = shown.partition(".") if is_address else (shown, "", "")
    style = "filled" if page.campaign.group(tool.group).emergency else "outlined"
    return ToolLink(
        href=_link_of(tool),
        head=head,
        tail=dot + tail,
        beside=page.write(words.beside) if words.beside else None,
        is_address=is_address,
        spoken=spoken_number(shown) if tool.picture.channel == "voice" else None,
        purpose=page.write(words.purpose),
        icon=_icon(page, f"{tool.pictogram}-{style}"),
    )


def directory(page: PageContext) -> list[SchemeEntry]:
    """The other schemes that are current and settled."""
    return [_scheme(page, scheme) for scheme in page.campaign.listed_schemes]


def _scheme(page: PageContext, scheme: Scheme) -> SchemeEntry:
    """One scheme, with the date of its oldest source."""
    texts, picture = page.texts, scheme.picture
    words = texts.schemes[scheme.id]
    shown = fact_text(page.campaign, picture, page.language)
    dates = [fact.source_date for fact in scheme.facts.values() if fact.source_date and fact.print_ok]
    return SchemeEntry(
        href=_link_of(scheme),
        shown=shown,
        spoken=spoken_number(shown),
        ltr=picture.value is not None,
        name=page.write(words.name),
        purpose=page.write(words.purpose),
        source=f"{page.write(texts.words.sources)} {source_date(min(dates), page.row)}" if dates else "",
    )


def listed_facts(page: PageContext) -> list[Fact]:
    """Facts that this kit may show. A volatile one that nothing shows is not spread by its proof."""
    shown = {name for a in page.own for name in a.facts}
    listed: tuple[Service, ...] = (*page.campaign.tools, *page.campaign.listed_schemes)
    return [
        fact
        for service in listed
        for fact in service.facts.values()
        if fact.id in shown or (fact.print_ok and fact.status == "current")
    ]


def fact_table(page: PageContext) -> list[tuple[str, list[FactRow]]]:
    """Facts by tool or scheme, under its complete name."""
    schemes = page.texts.schemes
    return [
        (
            page.write(schemes[owner].name if owner in schemes else f"{{{owner}}}"),
            [_fact_row(page, fact) for fact in facts],
        )
        for owner, facts in grouped(listed_facts(page), lambda fact: fact.tool)
    ]


def _fact_row(page: PageContext, fact: Fact) -> FactRow:
    """One fact. A tool's own number stands there with its complete name."""
    is_picture = any(tool.picture.id == fact.id for tool in page.campaign.tools)
    value = fact_text(page.campaign, fact, page.language)
    return FactRow(
        id=fact.id,
        value=page.write(f"{{{fact.tool}}}") if is_picture else page.set(value),
        source=str(fact.source_url) if fact.source_url else None,
        source_name=(fact.source_url.host or "").removeprefix("www.") if fact.source_url else "",
        source_date=source_date(fact.source_date, page.row) if fact.source_date else "",
        verified_on=full_date(fact.verified_on, page.row) if fact.verified_on else None,
    )


def _icon(page: PageContext, name: str) -> str:
    """A pictogram as a data address. As an image it can neither run code nor load anything."""
    data = page.resources.find("assets", f"pictograms/{name}.svg").read_bytes()
    return f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"


def _link_of(service: Service) -> str | None:
    """Where a link leads, by the scheme its facts allow; nothing is ever prefilled."""
    candidates = [service.picture, *service.facts.values()]
    fact = next((f for f in candidates if f.link and f.link not in f.never_link_as), None)
    if fact is None or fact.value is None:
        return None
    return fact.value if fact.link == "https" else f"{fact.link}:{fact.value.replace(' ', '')}"
