"""Where `python -m vivek` and the `vivek` command begin: `--version` is answered before anything heavy is imported."""

import sys

from vivek import __version__


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        try:
            sys.stdout.write(f"vivek {__version__}\n")
            sys.stdout.flush()
        except OSError as error:
            sys.stdout = None  # nothing more can be written there, not at the end either
            sys.exit(f"Standard output cannot be written: {error.strerror}.")
        return
    try:
        from vivek.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the program is still being loaded
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
