"""The checks of ``autofix doctor``: does everything fit together? They are pure functions of its facts.

To add a check, copy a module of ``checks``, change its docstring (its page for users) and its ``NAME``, add
the name of the module to the list in ``registry``, and run ``make docs``.
"""
