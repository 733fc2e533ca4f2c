"""What a capture of a real machine is: a file with tables of zones, and the road from files to readings of a recording.

    files, unpacking     files, folders, archives, standard input -> one `Text` each
    text                 a file's text: decoded, cleaned, line by line
    capture, listings    what an importer makes of a text: a `Capture` and its `Moment`s; its figures as JSON
    stamps, amounts      dates, uptimes and sizes as machines print them
    collection           all captures of one import; duplicates dropped
    timelines            captures grouped by machine and boot, in order of time
    readings             a time line as events: READING, ZINIT, ZONE_FIGURE, MACHINE_FIGURE
    refusals             texts that look like captures but have no zones

docs/importing.md explains how to add an importer.
"""
