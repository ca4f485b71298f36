"""`osisnr`: finds the command and loads only what it needs.

Nothing here imports numpy or Qt, so that `osisnr --version` answers at once.
"""

import sys
import warnings
from collections.abc import Callable
from importlib import import_module

from osisnr_gui import __version__
from osisnr_gui.cli import lines
from osisnr_gui.cli.lines import DONE, PROGRAM, UsageError, see_help, write_stdout, write_text
from osisnr_gui.io.errors import FileError, printable
from osisnr_gui.io.streams import open_missing, say
from osisnr_gui.text.catalogue import _

# Command -> the module whose `run(arguments) -> exit code` does the work.
COMMANDS = {name: f"osisnr_gui.cli.{name}" for name in ("score", "batch", "report")}

HELP = _("""\
usage: {program} score REFERENCE ESTIMATE [ESTIMATE ...] [options]
       {program} batch REF_DIR EST_DIR -o FILE [options]
       {program} report REFERENCE ESTIMATE [ESTIMATE ...] -o FILE.html [options]
       {program} --version | --selftest | --help

OSI-SNR, MC-MSE and the fused loss of separated speech against its reference.

commands:
  score      compare estimates with a reference: a table, --json or --csv
  batch      compare two folders file by file, on all cores or a cluster: one row a pair
  report     compare estimates with a reference: one HTML file to send, with sound
  --selftest try every part of this installation and print a table: 0 when nothing is wrong, else 1

'{program} COMMAND --help' lists the options of a command.
exit codes: 0 done, 1 some pairs of a batch failed, 2 wrong usage, 3 an input was refused or a result not written
""").format(program=PROGRAM)


def main(argv: list[str] | None = None) -> int:
    """Run one command; `argv` without the program's name, None = the process's own. Returns the exit code."""
    # Developers' warnings are no lines of ours, and stderr is read by scripts; -W and tests still see them.
    if not sys.warnoptions and all(action != "error" for action, *_rest in warnings.filters):
        warnings.simplefilter("ignore")
    arguments = sys.argv[1:] if argv is None else list(argv)
    return guarded(lambda: _run(arguments))


def guarded(work: Callable[[], int], net: type[Exception] | tuple[()] = Exception) -> int:
    """The exit code of `work`; whatever goes wrong in it is one line on stderr and a code of its own.

    net : errors of the program itself that are caught, too.
    """
    open_missing()
    try:
        try:
            return work()
        except UsageError as error:
            say([error.line])
            return lines.WRONG_USAGE
        except SystemExit as leaving:  # argparse after --help
            return leaving.code if isinstance(leaving.code, int) else DONE
        finally:
            write_stdout()
    except KeyboardInterrupt:
        return lines.INTERRUPTED
    except FileError as error:
        say([lines.error_line(error)])
    except MemoryError:
        say([f"{PROGRAM}: {_('there is not enough memory; use shorter files or close other programs')}"])
    except net as error:  # the last one: a user gets a line, never a traceback
        what = printable(f"{type(error).__name__}: {error}", lines.TEXT_LIMIT)
        words = _("unexpected {error}; please report it with the command you typed").format(error=what)
        say([f"{PROGRAM}: {words}"])
    return lines.REFUSED


def _run(arguments: list[str]) -> int:
    if not arguments:
        raise UsageError(_("no command was given"), see_help(PROGRAM))
    first, *rest = arguments
    if first in ("-h", "--help"):
        write_text(HELP)
        return DONE
    if first == "--version":
        write_text(f"{PROGRAM} {__version__}\n")
        return DONE
    if first not in COMMANDS:
        is_option = first.startswith("-")
        template = _("{word}: there is no such option") if is_option else _("{word}: there is no such command")
        raise UsageError(template.format(word=first), see_help(PROGRAM))
    if first == "batch" and "-h" not in rest and "--help" not in rest:  # its processes load what this one does
        import_module("osisnr_gui.batch.pool").start_server()
    run: Callable[[list[str]], int] = import_module(COMMANDS[first]).run
    return run(rest)


if __name__ == "__main__":
    sys.exit(main())
