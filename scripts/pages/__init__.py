"""The generated pages below ``docs/``, each as a function without arguments that gives Markdown."""
