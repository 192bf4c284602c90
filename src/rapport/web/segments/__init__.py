"""Pages of segments: the list, the builder of rules, and one segment with its members.

The builder keeps no state: the tree of conditions is the form itself, whose fields bear the place of their part
(`0`, `0-1`, `0-1-2`). Each change sends the form and gets the tree back, with what is wrong and the same rule as
JSON.
"""
