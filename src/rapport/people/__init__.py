"""Persons and companies, how they belong together, and how they are reached.

A person needs no company and a company needs no person. One table of persons serves consumers and contacts.
"""
