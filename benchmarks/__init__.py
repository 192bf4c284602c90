"""The figures of speed that Rapport promises, one module each: `make bench` prints them all as a table.

Each figure is measured beside what it is compared with, in one run on one machine; every module can be run
alone (`python -m benchmarks.import_people --rows 100000`). All of them work in databases of their own below
`RAPPORT_HOME`, talk to this machine only, and stop whatever they started.
"""
