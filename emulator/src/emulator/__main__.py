"""Entry point of `python -m emulator`; imports the command line and nothing else."""

from emulator.cli import app

if __name__ == "__main__":
    app()
