"""One module per act; the only place, with the recorder, that reads the clock and the project's files for documents."""
