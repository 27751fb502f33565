"""`python -m companion`: the command line, without its installed script."""

from companion.cli.main import main

if __name__ == "__main__":
    main()
