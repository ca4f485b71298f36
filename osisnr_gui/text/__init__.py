"""Every sentence a person reads, for the window and the command line alike: whole templates with named places.

`catalogue` finds the translation; one module for each part of the program holds its templates.
"""
