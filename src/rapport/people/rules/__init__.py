"""What a phone number, an e-mail address, a place or a tax id is, and how a record is named and found.

Pure functions on plain values. A function that cannot make sense of its text returns None; whoever asked says
so in words. Imports clean whole columns by set-based twins of these; tests prove both alike.
"""
