"""The demo company: a synthetic packaging maker that sells to companies and to people.

`generate.py` draws its tables from a seed (same seed and instant, same company), `company.py` writes them
through the import engine. Every name, number and address here is drawn, none belongs to anybody: e-mail
addresses end in `example.com` or `example.net`, phone numbers lie in ranges nobody was given, tax ids carry a
province that there is not.
"""
