"""The composition root: settings, the open desk, the command line. The only place where real things are chosen."""
