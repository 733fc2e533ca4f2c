"""What `--help` says, as data: docs/commands.md, the man page and the shells' completions are made from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import typer

from zoneviz import __version__
from zoneviz.units import plain


@dataclass(frozen=True, slots=True)
class Option:
    """`names`: `-o`, `--output`, or the word of an argument; `value`: what follows it, ""; `default`: in words, ""."""

    names: tuple[str, ...]
    value: str
    help: str
    default: str
    required: bool
    argument: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. `help`: paragraphs."""

    name: str
    help: list[str]
    options: list[Option] = field(default_factory=list)

    @property
    def usage(self) -> str:
        """`zoneviz run [OPTIONS] SCENARIO`."""
        words = " ".join(option.names[0] for option in self.options if option.argument)
        return f"zoneviz {self.name} [OPTIONS] {words}".rstrip()


def commands(of: Any) -> list[Command]:
    """All verbs of a command line, in its order: a Typer, or the group that it makes."""
    group: Any = typer.main.get_command(of) if isinstance(of, typer.Typer) else of
    return [Command(name, _paragraphs(verb.help or ""), [_option(p) for p in verb.params]) for name, verb in group.commands.items()]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _option(param: Any) -> Option:
    argument = param.param_type_name == "argument"
    names = (param.metavar or param.name.upper(),) if argument else tuple(param.opts)
    flag = bool(getattr(param, "is_flag", False)) or argument
    value = "" if flag else param.metavar or param.name.upper()
    shown = param.show_default
    default = shown if isinstance(shown, str) else str(param.default) if shown and param.default not in (None, False, ()) else ""
    return Option(names, value, " ".join((param.help or "").split()), default, param.required, argument)


def markdown(found: list[Command]) -> str:
    """docs/commands.md."""
    out = [
        "# The commands",
        "Made by `make docs` from the program itself; a test holds the two together. `zoneviz COMMAND --help` says the same.",
        "Exit status: 0, also for a run that ended in a simulated panic; 1 for an error, which is one sentence on standard error; "
        "2 for wrong usage.",
    ]
    for command in found:
        out += [f"## zoneviz {command.name}", *command.help, f"    {command.usage}"]
        rows = ["| option | meaning | default |", "|---|---|---|"]
        for option in command.options:
            names = ", ".join(f"`{name}`" for name in option.names) + (f" `{option.value}`" if option.value else "")
            default = "required" if option.required else f"{option.default}"
            rows.append(f"| {names.replace('|', chr(92) + '|')} | {option.help.replace('|', chr(92) + '|')} | {default} |")
        out.append("\n".join(rows))
    return "\n\n".join(out) + "\n"


def manual(found: list[Command], when: date) -> str:
    """The man page zoneviz(1), in roff's man macros."""
    lines = [
        f'.TH ZONEVIZ 1 "{when:%Y-%m-%d}" "zoneviz {__version__}" "User commands"',
        ".SH NAME", "zoneviz \\- see why a Mach kernel ran out of zone memory",
        ".SH SYNOPSIS", ".B zoneviz", "[\\fIFILE\\fR]", ".br", ".B zoneviz", "\\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        "Without a command it opens the window, with \\fIFILE\\fR on that recording.",
        "It simulates GNU Mach filling its zone map until it panics, records every event, and shows how it came to it.",
        ".SH COMMANDS",
    ]  # fmt: skip
    for command in found:
        lines += [f".SS {_roff(command.usage)}", *(line for text in command.help for line in (_roff(text), ".PP"))]
        for option in command.options:
            names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in option.names) + (
                f" \\fI{_roff(option.value)}\\fR" if option.value else ""
            )
            default = f" Default: {_roff(option.default)}." if option.default else ""
            lines += [".TP", names, f"{_roff(option.help)}{default}"]
    lines += [".SH EXIT STATUS", "0, also for a run that ended in a simulated panic; 1 for an error; 2 for wrong usage."]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    escaped = plain(text).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def completions(found: list[Command]) -> dict[str, str]:
    """By shell, what completes the verbs, their options, and files."""
    verbs = " ".join(command.name for command in found)
    cases = "\n".join(f"        {c.name}) words='{' '.join(_longs(c))}' ;;" for c in found)
    bash = f"""# zoneviz: completion for bash, made by `zoneviz install-desktop`
_zoneviz() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words=
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='{verbs} --live --version --help'
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
    fi
    case $word in
        -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
        *) [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    esac
}}
complete -o bashdefault -o default -F _zoneviz zoneviz
"""
    zsh_cases = "\n".join(f"    {c.name}) _arguments {' '.join(_zsh(c))} '*:file:_files' ;;" for c in found)
    zsh = f"""#compdef zoneviz
# zoneviz: completion for zsh, made by `zoneviz install-desktop`
if (( CURRENT == 2 )); then
    compadd -- {verbs}
    _files -g '*.zvz(|.zst)'
    return
fi
case $words[2] in
{zsh_cases}
esac
"""
    fish = ["# zoneviz: completion for fish, made by `zoneviz install-desktop`"]
    for c in found:
        fish.append(f"complete -c zoneviz -n __fish_use_subcommand -a {c.name} -d {_quoted(c.help[0] if c.help else '')}")
        for option in _shown(c):
            long = option.names[-1].removeprefix("--")
            needs = " -r" if option.value else ""
            fish.append(f"complete -c zoneviz -n '__fish_seen_subcommand_from {c.name}' -l {long}{needs} -d {_quoted(option.help)}")
    return {"bash": bash, "zsh": zsh, "fish": "\n".join(fish) + "\n"}


def _shown(command: Command) -> Iterator[Option]:
    return (option for option in command.options if not option.argument and option.names[-1].startswith("--"))


def _longs(command: Command) -> list[str]:
    return [*(option.names[-1] for option in _shown(command)), "--help"]


def _zsh(command: Command) -> Iterator[str]:
    for option in _shown(command):
        words = "".join(c for c in option.help if c not in "[]:'\\")
        yield f"'{option.names[-1]}[{words}]{':value:_files' if option.value else ''}'"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
