"""What the parser of templates says, in the words of the people who write templates.

Each message of the parser becomes a sentence, the word that it is about, and what to do. A message that is not known
here is passed on as the parser said it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from valgen.documents.directives import SPECS
from valgen.trace.rules.suggest import did_you_mean

_LIST = "valgen template list --directives shows what may be used"

HALF_HEADINGS = ("Possible title underline", "Possible incomplete section title", "Unexpected possible title")
"""Beginnings of remarks of the parser about what looks like a heading and would be printed as text."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message.

    Attributes:
        text: what is wrong.
        word: what stands in the template at the place; empty when no word can be named.
        fix: how to mend it; empty when nothing more particular than the general advice is known.
    """

    text: str
    word: str = ""
    fix: str = ""


def explained(message: str, placeholders: Iterable[str]) -> Said:
    """Return a message of the parser in plain words.

    Args:
        message: of the parser.
        placeholders: names that may stand between bars.
    """
    line = " ".join(message.split()).rstrip(".")
    for pattern, explain in _KNOWN.items():
        match = re.match(pattern, line)
        if match:
            return explain(match, placeholders)
    return Said(f"not understood: {line[:1].lower()}{line[1:]}", fix=_layout(line))


def _unknown_directive(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name = match[1]
    known = [f"valgen:{one}" for one in SPECS]
    near = did_you_mean(name if name.startswith("valgen:") else f"valgen:{name}", known)
    return Said(f"unknown directive {name}", f"{name}::", near or _LIST)


def _unknown_placeholder(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name = match[1]
    known = sorted(placeholders)
    near = did_you_mean(name, known)
    fix = near.replace("mean ", "mean |").replace("?", "|?") if near else f"known: |{'|, |'.join(known)}|"
    return Said(f"unknown placeholder |{name}|", f"|{name}|", fix)


def _unknown_option(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name, option = match[1], match[2]
    spec = SPECS.get(name.removeprefix("valgen:"))
    options = list(spec.options) if spec else []
    near = did_you_mean(option, options).replace("mean ", "mean :").replace("?", ":?")
    has = f"its options are {', '.join(f':{one}:' for one in options)}" if options else "it takes no options"
    return Said(f"{name} has no option :{option}:", f":{option}:", near or has)


def _option_value(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name, option = match[1], match[2]
    if "no argument is allowed" in match[3]:
        return Said(f"the option :{option}: of {name} takes no value", f":{option}:", f"write :{option}: alone")
    if "argument required but none supplied" in match[3]:
        return Said(f"the option :{option}: of {name} needs a value", f":{option}:")
    return Said(f"the option :{option}: of {name} cannot be used: {match[3]}", f":{option}:")


def _missing_argument(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name = match[1]
    spec = SPECS.get(name.removeprefix("valgen:"))
    what = f" ({spec.argument})" if spec and spec.argument else ""
    fix = f"for example: {spec.example}" if spec and "\n" not in spec.example else ""
    return Said(f"{name} needs an argument behind the two colons{what}", f"{name}::", fix)


def _further_argument(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name = match[1]
    return Said(f"{name} takes no argument", f"{name}::", f"write .. {name}:: alone on the line")


def _no_content(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    name = match[1]
    spec = SPECS.get(name.removeprefix("valgen:"))
    without = [] if spec and spec.argument else ["argument"]
    without += [] if spec and spec.options else ["option"]
    what = " and ".join([*(f"no {one}" for one in without), "no text below it"])
    fix = "leave a blank line behind it and begin the text at the left margin; options stand directly below it"
    return Said(f"{name} takes {what}", f"{name}::", fix)


def _role(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    fix = "a template knows *emphasis*, **strong** and ``code``; other text between colons is not understood"
    return Said(f"unknown word :{match[1]}: before text", f":{match[1]}:", fix)


def _broken_directive(match: re.Match[str], placeholders: Iterable[str]) -> Said:
    return Said(f"{match[1]} cannot be read: {match[2]}", f"{match[1]}::")


_KNOWN: Mapping[str, Callable[[re.Match[str], Iterable[str]], Said]] = {
    r'Unknown directive type "(.+?)"': _unknown_directive,
    r'Undefined substitution referenced: "(.+?)"': _unknown_placeholder,
    r'Error in "(.+?)" directive: unknown option: "(.*?)"': _unknown_option,
    r'Error in "(.+?)" directive: invalid option value: \(option: "(.*?)"; value: .*?\) (.+)': _option_value,
    r'Error in "(.+?)" directive: \d+ argument\(s\) required': _missing_argument,
    r'Error in "(.+?)" directive: maximum \d+ argument': _further_argument,
    r'Error in "(.+?)" directive: no content permitted': _no_content,
    r'Error in "(.+?)" directive: (.+)': _broken_directive,
    r'Unknown interpreted text role "(.*?)"': _role,
    r'No role entry for "(.*?)"': _role,
}

_LAYOUT: Mapping[str, str] = {
    "possible": "draw the line below the heading as long as the heading or longer",
    "unexpected possible": "draw the lines above and below the heading alike, as long as the heading or longer",
    "title underline too short": "draw the line below the heading as long as the heading or longer",
    "title overline": "draw the lines above and below the heading alike, as long as the heading or longer",
    "title level inconsistent": "headings of one level have the same kind of line, and no level is left out",
    "inconsistent title style": "headings of one level have the same kind of line, and no level is left out",
    "unexpected indentation": "begin the line at the left margin, or leave a blank line before it",
    "block quote ends": "leave a blank line where the indented text ends",
    "definition list ends": "leave a blank line where the list ends",
    "bullet list ends": "leave a blank line where the list ends",
    "enumerated list ends": "leave a blank line where the list ends",
    "field list ends": "leave a blank line behind it",
    "explicit markup ends": "leave a blank line behind it, or indent what belongs to it",
    "malformed table": "draw the lines of the table as wide as its text; a list-table needs no lines",
    "inline strong": "close it with ** in the same paragraph, or write \\** for the sign itself",
    "inline emphasis": "close it with * in the same paragraph, or write \\* for the sign itself",
    "inline literal": "close it with `` in the same paragraph",
    "inline interpreted text": "close it with ` in the same paragraph, or write \\` for the sign itself",
    "inline substitution": "close it with | in the same paragraph, or write \\| for the sign itself",
    "unknown target name": "no heading or place has this name; to print the sign, write \\_",
}


def _layout(line: str) -> str:
    small = line.casefold()
    return next((fix for start, fix in _LAYOUT.items() if small.startswith(start)), "")
