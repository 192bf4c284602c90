"""Lists for work: what can be asked of the records of each kind, which columns are shown, and views that are kept.

`catalogue.of` says for one user what there is to ask and to show, `asked.read` reads the question from a query string
or a kept view, `queries.rows` and `queries.page` answer it within the user's reach, `export` writes the answer as a
file. Pages, exports, bulk jobs and the API all ask here.
"""
