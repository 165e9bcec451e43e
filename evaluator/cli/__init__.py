"""The command line: `python -m evaluator`, or `podium-evaluate`.

`commands` are thin: they read what was asked for, call the API, and let `output` print.
"""
