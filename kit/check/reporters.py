"""Reporters: the same report as text for the terminal, as JSON, and as HTML."""

from __future__ import annotations

from html import escape

from kit.files import stable_json
from kit.model.artifact import Level, Report

_STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid #8886}
td:first-child{font-weight:700}
code{font-size:.9em;overflow-wrap:anywhere}
"""


def summary(report: Report) -> str:
    """`1 FAIL, 3 WARN, 0 SKIP, 412 PASS`."""
    return ", ".join(f"{report.count(level)} {level}" for level in Level)


def report_text(report: Report) -> str:
    """Findings one a line, worst first, then the counts."""
    return "\n".join([*map(str, report.findings), summary(report)])


def report_json(report: Report) -> str:
    """Findings with all their fields, and the counts, as stable JSON."""
    return stable_json(
        {
            "report": 1,
            "counts": {level.value: report.count(level) for level in Level},
            "findings": [finding.model_dump(mode="json") for finding in report.findings],
        }
    )


def report_html(report: Report, title: str) -> str:
    """A plain page that needs nothing but a browser."""
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(value)}</td>"
            for value in (f.level.value, f.code, f.artifact or "", f.message, f.measured, f.limit, f.fix)
        )
        + "</tr>\n"
        for f in report.findings
    )
    heads = "".join(
        f'<th scope="col">{h}</th>' for h in ("", "code", "artifact", "message", "measured", "limit", "fix")
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>Report</title><style>{_STYLE}</style></head><body><main>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(summary(report))}</p>\n"
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>\n</main></body></html>\n"
    )
