"""Comments from a unit, beside the exhibits that they are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from likvard.report.exhibit import Comment, Exhibit, Nothing, Prose

if TYPE_CHECKING:
    from likvard.report.view import Report

Part = TypeVar("Part")


def comments_on(report: Report, name: str) -> tuple[Comment, ...]:
    """What the unit wants to have said beside the exhibit ``name`` of this edition, in the order of the comments' numbers."""
    return tuple(
        Comment(
            comment["text"],
            comment["language"],
            report.say(
                "Comment from the unit: {role}, {date}, version {version}",
                role=comment["role"][report.language.code].lower(),
                date=report.language.date(date.fromisoformat(comment["written_on"])),
                version=comment["version"],
            ),
        )
        for comment in report.released.edition.get("comments", ())
        if comment["exhibit"] == name
        and (comment["unit_kind"], comment["unit_id"]) == (report.unit.kind, report.unit.id)
    )


def with_comments(report: Report, name: str, part: Part) -> Part | Exhibit | Prose:
    """The part with the unit's comments on it; the comments alone where the edition has no figures for the part."""
    comments = comments_on(report, name)
    if comments and isinstance(part, Exhibit):
        return replace(part, comments=comments)
    if comments and isinstance(part, Nothing):
        return Prose(tuple(f"{comment.text} ({comment.signed})" for comment in comments))
    return part
