"""Everything zoneviz does without a screen: run, record, import, examine, compare, export. Window, command line and API call this.

`simulation.Simulation` is a run that its caller advances in slices, `live.Live` a recording of this machine; `running.run` runs one
to its end. `state.open_recording`, `info`, `state`, `diagnose`, `compare`, `import_files`, `verify`, `pack`, `unpack`, `cut`, `repair`,
`export` and `report` work on files. Import them from their modules: this one loads nothing, so that the command line starts at once.
"""
