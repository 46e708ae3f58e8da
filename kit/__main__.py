"""`python -m kit` is the same program as the installed `kit` command."""

from kit.cli import main

if __name__ == "__main__":
    main()
