"""What a metric says, as plain JSON: one module a metric, each with `answer(facts, *, as_of, options)`.

Owns the shape of the answers and which numbers are held back because too little stands behind them. Counts nothing
itself: every number comes from `analytics`. Days are ISO texts, numbers are whole or floats, problems are codes with
their values; the words for the codes live in `insight/words.py`.
"""
