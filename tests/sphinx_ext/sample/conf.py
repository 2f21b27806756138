"""A Sphinx project without anything of valgen but its extension: every construct that a page can hold."""

project = "Sample"
author = "Laboratory"
release = "2.1"
extensions = ["valgen.sphinx_ext", "sphinx.ext.ifconfig", "sphinx.ext.todo"]
todo_include_todos = True
shown = True
exclude_patterns = ["_build"]
rst_prolog = """
.. |icon| image:: small.png
   :alt: icon of the scale
"""


def setup(app):  # type: ignore[no-untyped-def]
    app.add_config_value("shown", False, "env")
