"""The checks of ``autofix doctor``, a module for each: a page, a name, and a pure function of the facts."""
