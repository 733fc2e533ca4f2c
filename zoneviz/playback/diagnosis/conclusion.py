"""What a diagnosis without a pattern concludes. It is derived from the other findings, so that it cannot contradict them."""

from zoneviz import words
from zoneviz.playback.diagnosis.memories import Memory
from zoneviz.playback.diagnosis.results import Finding

ANSWERS = ("growth",)
"""Kinds of findings that are the conclusion themselves."""
GROWS = ("since", "caches", "reserved")
"""Kinds of findings that say that memory grew or is held."""
CLOSE = 0.5
"""Share of a memory's room from which it is close to full: that from which a pattern is looked for."""
QUIET = "No memory was close to full."


def conclusion(findings: list[Finding], memories: list[Memory]) -> str:
    """The conclusion as a sentence, of the other findings and of the limits at the end of the stretch; "" if they say it themselves."""
    kinds = {finding.kind for finding in findings}
    if kinds & set(ANSWERS):
        return ""
    fullest = max(memories, key=lambda memory: (memory.ended, memory.full), default=None)
    if fullest is not None and fullest.ended:
        return f"No known pattern explains why {fullest.short} ran out."
    if fullest is not None and fullest.full >= CLOSE:
        return f"No memory ran out, but {words.share(fullest.used, fullest.room)} of {fullest.short} is used. No known pattern explains it."
    if kinds & set(GROWS):
        return "No memory was close to full at the end, although some of it grew."
    return QUIET
