"""What is seen in a clip, put into words: the audio description, for those who cannot see it."""

from __future__ import annotations

from kit.model.plan import ToolView
from kit.model.texts import DescribedText
from kit.plan.job_text import Writer
from kit.tables.languages import LANGUAGES
from kit.text.typography import join_list, label_with


def described(
    write_text: Writer, words: DescribedText, layout: str, line: str, tool: ToolView | None,
    tools: list[ToolView], throughout: str,
) -> tuple[str, ...]:  # fmt: skip
    """The sentences of one scene, in the order the eye meets them.

    The opening also says what stays on screen (`throughout`), so that no later scene repeats it.
    The end card reads its groups by their labels: place and colour say nothing here.
    """
    written = write_text(words.line)
    colon = written[len(written.rstrip(" \u00a0\u202f:：")) :]
    if layout == "tool" and tool is not None:
        return (
            label_with(write_text(words.number), tool.name),
            label_with(write_text(words.label), tool.group_label),
            label_with(written, line),
        )
    if layout == "end":
        names: dict[str, list[str]] = {}
        for view in tools:
            names.setdefault(view.group_label, []).append(view.name)
        return write_text(words.groups), *(
            label_with(label + colon, join_list(inside, LANGUAGES[write_text.language]))
            for label, inside in names.items()
        )
    first = [label_with(write_text(words.number), tools[0].name)] if tools else []
    always = label_with(write_text(words.throughout), throughout)
    return label_with(written, line), *first, write_text(words.ticks), always
