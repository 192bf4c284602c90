"""Files of records on pages: the panel, the page where they are added and put away, and giving them back.

A file is given back to be saved, never shown as a page of ours; what is shown is a picture that was drawn anew.
"""
