"""What each document says, as frozen blocks; shipped templates and directives."""
