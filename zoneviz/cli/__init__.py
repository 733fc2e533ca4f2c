"""The command line: one file a verb; `main.py` puts them together. It adds nothing that `zoneviz.app` cannot do.

Exit status: 0, also for a run that ended in a simulated panic; 1 for an error; 2 for wrong usage. An error is one
sentence on stderr; a traceback is a bug.
"""
